"""Words by which a reviewer says that it did not review, or not everything.

Three strengths: ``in_aside`` reads what stands beside a finding and mostly speaks of the code, ``in_prose`` sentences
that may just as well do so, which is why both want the reviewer or the diff as their subject; ``in_none`` reads
what stands beside a "none", where a single word of reservation is enough.
"""

import re

from diffvet.expression import expression

REFUSED = "the answer is a refusal"
PARTIAL = "the answer says that not everything was reviewed"
_READ = 2000

_REFUSAL = expression(
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
_MORE = r"""(?:(?:other|more|further|remaining|additional|similar)\ (?:\w+\ )?(?:issues|findings|risks|problems|bullets|items)\ (?:\w+\ )?(?:omitted|left\ out|not\ (?:listed|shown))
      | omitted\ for\ (?:brevity|length|space|conciseness))"""
_NO_RISK = r"\ (?:ning|nenhum|nessun|alcun|aucun|de\ problème|problem|riesg|risc|risch|err)"
_ASIDE = expression(
    rf"""(?<!\w)(?:{_MORE}
      | (?:hunks?|diff|patch|files?)\ (?:\w+\ ){{0,3}}?(?:was|were|is|are|have|has)\ (?:been\ )?(?:not\ (?:been\ )?(?:reviewed|looked\ at|analy[sz]ed)|unreviewed))(?!\w)""",
    re.VERBOSE,
)
_PARTIAL = expression(
    rf"""(?<!\w)(?:
        (?:only|just)\ (?:\w+\ ){{0,3}}?(?:first|last|part|parts|some|half|one|two|portion|beginning|visible)(?!\w)[^.;]{{0,60}}?{_WORK}
      | {_WORK}\w*\ (?:at\ |only\ at\ )?(?:only|just)(?!\w)
      | (?:i|we)\ (?:have\ |had\ )?(?:only|just|partially|partly)\ (?:\w+\ )?{_WORK}
      | {_INPUT}\ (?:\w+\ ){{0,4}}?(?:is|was|were|are|be|been|got|seems?|appears?)\ (?:\w+\ ){{0,3}}?{_MISSING}
      | (?:i|we)\ (?:\w+\ )?(?:could\ not|couldn't|cannot|can't|can\ not|did\ not|didn't|was\ not\ able\ to|wasn't\ able\ to|am\ unable\ to|was\ unable\ to)
        \ (?:\w+\ )?{_WORK}\w*(?!\w)(?!\ (?:any|a|an|how|why|where|what|anything|wrong)(?!\w))
      | (?:because\ of|due\ to|for\ reasons\ of|owing\ to)\ (?:the\ |its\ |their\ )?(?:length|size|space|tokens?|context|output|response)(?:\ (?:length|size|window|limits?|limitations?|constraints?))*(?=\W*$|[.,;)])
      | (?:partial|incomplete)\ (?:review|analysis|answer)
      | to\ be\ continued | continued?\ in\ (?:part|the\ next|my\ next|a\ follow)
      | in\ my\ (?:next|second|following)\ (?:message|response|answer|reply)(?!\w)
      | (?:i|we)\ (?:stopped\ (?:\w+\ )?(?:after|at|before)|ran\ out\ of|(?:have\ not|had\ not|haven't|hadn't)\ (?:\w+\ )?{_WORK}\w*(?!\w)(?!\ (?:any|a|an|how|why|evidence)(?!\w))
          |(?:do\ not|don't)\ (?:review|analy[sz]e)\ (?:security|such|this|that|these|code)(?!\w))
      | (?:i|we)(?:'d|\ would)?\ need\ (?:more|additional|further)\ (?:context|information|details?)\ to\ (?:\w+\ )?(?:review|assess|judge|analy[sz]e|evaluate)(?!\w)
      | not\ (?:included|visible|shown|contained)\ in\ what\ (?:i|we)(?!\w)
      | {_MORE}
      | nur\ (?:\w+\ ){{0,3}}?(?:teil|teilweise|erste[nrs]?) | seulement\ (?:\w+\ ){{0,3}}?(?:partie|premi) | sólo\ (?:\w+\ ){{0,3}}?(?:parte|primer)
      | nicht\ (?:vollständig|alles|alle)\ (?:\w+\ )?(?:geprüft|gesehen|gelesen)
      | (?:konnten?\ (?:ich|wir)|(?:ich|wir)\ konnten?)\ (?:\w+\ ){{0,6}}?nicht\ (?:\w+\ )?(?:über|ein)?(?:prüfen|sehen|lesen|ansehen|beurteilen|analysieren)
      | (?:je\ n'ai|nous\ n'avons)\ (?:\w+\ )?pas\ (?:\w+\ )?(?:lu|examiné|analysé|relu|pu\ (?:voir|lire|examiner|analyser|vérifier|relire)(?!{_NO_RISK}))(?!\w)
      | no\ (?:pude|pudimos|he\ podido|hemos\ podido)\ (?:revisar|ver|leer|analizar|examinar|comprobar)(?!{_NO_RISK})
      | não\ (?:consegui|conseguimos|pude|pudemos|foi\ possível)\ (?:revisar|ver|ler|analisar|examinar|verificar)(?!{_NO_RISK})
      | non\ (?:ho\ potuto|abbiamo\ potuto|sono\ riuscit[oa]\ a|è\ stato\ possibile)\ (?:esaminare|vedere|leggere|analizzare|verificare|controllare|rivedere)(?!{_NO_RISK})
      | не\ (?:смогл?[аи]?|удалось)\ (?:\w+\ )?(?:просмотреть|проверить|увидеть|прочитать|проанализировать|посмотреть)
      | nie\ (?:mogł[ae]m|udało\ się)\ (?:\w+\ )?(?:sprawdzić|zobaczyć|przejrzeć|przeczytać|przeanalizować)
    )|(?:검토|분석)(?:하지|할\ 수|을\ 하지)\ ?(?:못|없)
    |(?:没有|沒有|没|未能|无法|無法)(?:看到|查看|审查|審查|检查|檢查|读取)(?!\w{{0,6}}(?:问题|問題|风险|風險|漏洞|错误))|(?:只|仅|僅)(?:\w{{0,6}})(?:部分|第一) | 未(?:完整|全部)?(?:审查|檢查|检查) | 一部のみ | 確認できません""",
    re.VERBOSE,
)
_RESERVED = expression(
    r"""(?<!\w)(?:but|except|however|although|though|aside|besides|apart|other|(?:first|second|last)\ (?:\w+\ )?(?:files?|hunks?|parts?|lines?|half|section)|so\ far|as\ far\ as|part|parts|partial|partially|partly
        |portion|half|remaining|remainder|truncated|cut|incomplete|omitted|skip|skipped|could|couldn't|cannot|can't|unable|did\ not|didn't|without\ (?:seeing|context|the)
        |not\ (?:\w+\ )?(?:see|seen|shown|review|reviewed|check|checked|visible|provided|complete|completely|whole|entire|fully|sure|certain|enough)
        |too\ (?:long|large|big)|length|limits?|limited|sorry|assum\w*|unless|might|may|possibly|maybe|perhaps|probably|unsure|unclear|uncertain
        |aber|außer|nur\ teil\w*|teilweise|nicht\ (?:alles|ganz|vollständig)|vermutlich|unvollständig|sauf|mais|partiel\w*|partie|salvo|excepto|pero|parcial\w*|parte
        |seulement|pas\ (?:tout|vu|pu)|sólo|solo|solamente|mas|exceto|apenas|só|ma|tranne|eccetto|soltanto|ale|tylko|oprócz|nie\ widzia\w+|но|кроме|только|не\ вид\w+|maar|behalve|alleen|men|utom|bara)
      (?!\w) | 하지만 | 일부 | 제외 | 못 | 但 | 除 | ただし | 部分 | 一部 | 无法 | 不完整 | できま""",
    re.VERBOSE,
)


_COUNTED = expression(
    r"(?<!\w)(?:reviewed|checked|analy[sz]ed|examined|looked\ at|read|covered)\ (?:only\ )?(\d{1,6})\ (?:of|out\ of)\ (?:the\ |all\ )?(\d{1,6})(?!\w)"
)
_WHOLE = expression(
    r"""\W*+(?:
        (?:and\ |plus\ )?(?:\d+|several|many|some|a\ few|other)\ (?:more|others?|further|additional)(?:\ similar)?
        (?:\ (?:issues?|findings?|risks?|problems?|bullets?|items?))(?:\ (?:omitted|like\ (?:this|it)|elsewhere|in\ [\w./-]+))?
      | (?:response|answer|output|review|diff|input)\ (?:was\ |is\ )?truncated
      | [\w./\\-]{1,200}\.\w{1,10}\W{1,4}(?:skipped|omitted|unreviewed|not\ (?:reviewed|checked|shown))(?:\ (?:because|due|for|as|since)(?!\w).*)?
    )\W*+""",
    re.VERBOSE,
)
"""A whole line that says so, where its words inside a sentence would not."""


def in_prose(text: str) -> str | None:
    """What a sentence of prose says against the review: that it was refused, or is only a part; None if nothing."""
    plain = _plain(text)
    if _REFUSAL.search(plain):
        return REFUSED
    return PARTIAL if _PARTIAL.search(plain) or _is_part(plain) else None


def _is_part(plain: str) -> bool:
    counted = _COUNTED.search(plain)
    if counted and int(counted[1]) < int(counted[2]):
        return True
    elided = ("..." in plain or "\u2026" in plain) and not any(map(str.isalnum, plain))
    return elided or _WHOLE.fullmatch(plain) is not None


def in_aside(text: str) -> str | None:
    """The same for a line beside a finding, which mostly speaks of the code: only what can be about nothing else."""
    plain = _plain(text)
    return PARTIAL if _ASIDE.search(plain) or _is_part(plain) else None


def in_none(text: str) -> bool:
    """Whether the words of a "none" hold a reservation."""
    return _RESERVED.search(_plain(text)) is not None or in_prose(text) is not None


def _plain(text: str) -> str:
    return " ".join(text[:_READ].lower().replace("\u2019", "'").split())
