"""What the figures of the page on timeliness mean, in the words that stand below them."""

from greenchannel.domain.vocabulary import Duty
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.views.parts import Row


def definitions(catalogue: Catalogue) -> tuple[Row, ...]:
    say = catalogue.say
    met_by = (
        (Duty.FACT, say("首次公开可见的事实发布")),
        (Duty.CONFERENCE, say("实际召开新闻发布会（预告不算）")),
        (Duty.RESPONSE, say("首次公开可见的回应，或实际召开新闻发布会")),
    )
    each = (say("%(duty)s：%(met_by)s", duty=catalogue.term(duty), met_by=text) for duty, text in met_by)
    scope = say(
        "已公开的全部事件，按《%(policy)s》应履行的每一项职责；建议性要求不计。",
        policy=say(catalogue.policy.title),
    )
    fulfilled = say("%(each)s。以系统回读到公开页面的时间为准。", each=say("；").join(each))
    rate = say("按时 ÷（按时＋逾时＋逾时未履行）；已说明原因的逾时仍计为逾时，尚在时限内和不能判定的不计。")
    return (
        Row(say("统计范围"), scope),
        Row(say("履行时间"), fulfilled),
        Row(say("按时"), say("履行时间不晚于时限；恰在时限的，算按时。")),
        Row(say("逾时（已说明原因）"), say("“原则上”的时限之后履行，并公开说明了原因。")),
        Row(say("逾时"), say("时限之后履行。")),
        Row(say("逾时未履行"), say("截至本页数据时间，时限已过而尚未履行。")),
        Row(say("不能判定"), say("起算时间或召开时间只精确到日或未记录，从严与从宽计算结果不同。")),
        Row(say("按时率"), rate),
        Row(say("月份"), say("以时限所在月份计。")),
    )
