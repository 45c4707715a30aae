"""An incident as its page shows it: everything released on it, and how the city kept its time."""

from greenchannel.portal import timeliness
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.release_page import category_feed, department_feed
from greenchannel.portal.shown import card_of, feed_link, incident_url, shown_time
from greenchannel.portal.views import Frame, IncidentView, Link, Row
from greenchannel.record.events import PublicRelease


def incident_view(catalogue: Catalogue, identifier: str, timeline: tuple[PublicRelease, ...]) -> IncidentView:
    facts, incident = catalogue.state.incidents[identifier], catalogue.incident(identifier)
    category, url = incident.category, incident_url(catalogue, identifier)
    is_open = incident.closed_at is None
    clocks = (("发生时间", incident.occurred_at), ("发现时间", incident.detected_at), ("认领时间", incident.claimed_at),
              ("办结时间", incident.closed_at))  # fmt: skip
    rows = (
        Row("类别", category.zh, f"{catalogue.settings.root}categories/{category.value}/"),
        *((Row("等级", incident.incident_class.zh),) if incident.incident_class else ()),
        Row("牵头部门", catalogue.department_name(incident.lead)),
        *(Row(label, shown_time(catalogue, moment).text) for label, moment in clocks if moment),
    )
    return IncidentView(
        frame=Frame(
            title=incident.title,
            description=f"{incident.title}：全部发布、时间线与时限履行情况",
            url=url,
            crumbs=(Link(rows[0].value, rows[0].url),),
            feeds=(
                feed_link(catalogue, incident.title, f"incidents/{identifier}"),
                # The newest release is in these two, so they are there.
                *(feed(catalogue, one) for one in timeline[:1] for feed in (department_feed, category_feed)),
            ),
        ),
        status="处置中" if is_open else "已办结",
        is_open=is_open,
        rows=rows,
        duties=timeliness.incident_duties(catalogue, identifier),
        timeline=tuple(card_of(catalogue, one) for one in timeline),
        body=facts["sha256"],
    )
