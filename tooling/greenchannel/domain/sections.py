"""What a section of a text is, by the words of its heading, in either language."""

CLARIFICATION = ("澄清", "真相", "核实情况", "核查情况", "真实情况", "clarification", "what is true", "the facts")
EVIDENCE = ("依据", "证据", "佐证", "evidence", "sources")
MEASURES = ("措施", "整改", "measures", "action")
RESULT = ("结果", "办理情况", "result", "outcome")
QUESTIONS = ("答记者问", "记者问答", "问答实录", "questions and answers", "q&a")


def is_about(heading: str, words: tuple[str, ...]) -> bool:
    return any(word in heading.lower() for word in words)
