"""Words by which a reviewer says that it did not review, or not everything.

Two strengths: ``in_prose`` reads sentences that may just as well speak of the code under review, so it wants
the reviewer or the diff as their subject; ``in_none`` reads what stands beside a "none", where a single word
of reservation is enough.
"""

import re

REFUSED = "the answer is a refusal"
PARTIAL = "the answer says that not everything was reviewed"
_READ = 2000

_REFUSAL = re.compile(
    r"""(?<!\w)(?:i|we)(?:'m|\ am|'re|\ are)?\ (?:(?:really|truly|so|very|simply|just|afraid|i|we|must|have\ to)\ ){0,4}
        (?:sorry|apologi[sz]e|decline|refuse|
          (?:cannot|can't|can\ not|could\ not|couldn't|won't|will\ not|unable\ to|not\ able\ to|not\ allowed\ to|not\ permitted\ to)
          \ (?:\w+\ ){0,2}?(?:assist|help|comply|review|provide|process|fulfil+|engage|continue|complete|proceed|do\ (?:that|this|so)|answer|respond))
      | ^\W*(?:sorry|apologies|unfortunately,?\ (?:i|we))(?!\w)
      | tut\ mir\ (?:sehr\ )?leid | kann\ ich\ (?:\w+\ ){0,3}nicht | ich\ kann\ (?:\w+\ ){0,4}nicht
      | (?<!\w)(?:désolée?|je\ ne\ peux\ pas|lo\ siento|no\ puedo|desculpe|não\ posso|mi\ dispiace|non\ posso|извините|к\ сожалению|не\ могу)(?!\w)
      | 抱歉 | 对不起 | 對不起 | 我无法 | 我不能 | 申し訳 | すみません | 죄송""",
    re.VERBOSE,
)
_WORK = r"(?:review|check|analy[sz]|look|shown|visible|see|saw|read|provided|included|inspect|examin|cover|process)"
_INPUT = r"(?:diff|input|prompt|patch|files?|hunks?|changes?|changeset|context|message|review|answer|response|rest|remainder|part)"
_MISSING = (
    r"(?:truncated|cut\ off|cut\ short|incomplete|omitted|skipped|left\ out|not\ (?:\w+\ )?" + _WORK + r"\w*"
    r"|unreviewed|too\ (?:long|large|big))"
)
_PARTIAL = re.compile(
    rf"""(?<!\w)(?:
        (?:only|just)\ (?:\w+\ ){{0,3}}?(?:first|last|part|parts|some|half|one|two|portion|beginning|visible)(?!\w)[^.;]{{0,60}}?{_WORK}
      | {_WORK}\w*\ (?:at\ |only\ at\ )?(?:only|just)(?!\w)
      | (?:i|we)\ (?:have\ |had\ )?(?:only|just|partially|partly)\ (?:\w+\ )?{_WORK}
      | {_INPUT}\ (?:\w+\ ){{0,4}}?(?:is|was|were|are|be|been|got|seems?|appears?)\ (?:\w+\ ){{0,3}}?{_MISSING}
      | (?:i|we)\ (?:\w+\ )?(?:could\ not|couldn't|cannot|can't|can\ not|did\ not|didn't|was\ not\ able\ to|wasn't\ able\ to|am\ unable\ to|was\ unable\ to)
        \ (?:\w+\ )?{_WORK}\w*(?!\w)(?!\ (?:any|a|an|how|why|where|what|anything|wrong)(?!\w))
      | (?:because\ of|due\ to|for\ reasons\ of|owing\ to)\ (?:the\ |its\ |their\ )?(?:length|size|space|tokens?|context|output|response)(?:\ (?:length|size|window|limits?|limitations?|constraints?))*(?=\W*$|[.,;)])
      | (?:partial|incomplete)\ (?:review|analysis|answer)
      | to\ be\ continued
      | nur\ (?:\w+\ ){{0,3}}?(?:teil|teilweise|erste[nrs]?) | seulement\ (?:\w+\ ){{0,3}}?(?:partie|premi) | sólo\ (?:\w+\ ){{0,3}}?(?:parte|primer)
      | nicht\ (?:vollständig|alles|alle)\ (?:\w+\ )?(?:geprüft|gesehen|gelesen)
    )|(?:只|仅|僅)(?:\w{{0,6}})(?:部分|第一) | 未(?:完整|全部)?(?:审查|檢查|检查) | 一部のみ | 確認できません""",
    re.VERBOSE,
)
_RESERVED = re.compile(
    r"""(?<!\w)(?:but|except|however|although|though|aside|besides|apart|other|(?:first|second|last)\ (?:\w+\ )?(?:files?|hunks?|parts?|lines?|half|section)|so\ far|as\ far\ as|part|parts|partial|partially|partly
        |portion|half|remaining|remainder|truncated|cut|incomplete|omitted|skip|skipped|could|couldn't|cannot|can't|unable|did\ not|didn't|without\ (?:seeing|context|the)
        |not\ (?:\w+\ )?(?:see|seen|shown|review|reviewed|check|checked|visible|provided|complete|completely|whole|entire|fully|sure|certain|enough)
        |too\ (?:long|large|big)|length|limits?|limited|sorry|assum\w*|unless|might|may|possibly|maybe|perhaps|probably|unsure|unclear|uncertain
        |aber|außer|nur\ teil\w*|teilweise|nicht\ (?:alles|ganz|vollständig)|vermutlich|unvollständig|sauf|mais|partiel\w*|partie|salvo|excepto|pero|parcial\w*|parte)
      (?!\w) | 但 | 除 | ただし | 部分 | 一部 | 无法 | 不完整 | できま""",
    re.VERBOSE,
)


def in_prose(text: str) -> str | None:
    """What a sentence of prose says against the review: that it was refused, or is only a part; None if nothing."""
    plain = _plain(text)
    if _REFUSAL.search(plain):
        return REFUSED
    return PARTIAL if _PARTIAL.search(plain) else None


def in_none(text: str) -> bool:
    """Whether the words of a "none" hold a reservation."""
    return _RESERVED.search(_plain(text)) is not None or in_prose(text) is not None


def _plain(text: str) -> str:
    return " ".join(text[:_READ].lower().replace("\u2019", "'").split())
