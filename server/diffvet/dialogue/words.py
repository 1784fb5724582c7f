# ruff: noqa: RUF001 - words of other languages, in their own letters
"""The words models use for severities, categories, labels and "none", in the languages they answer in.

Everything is looked up in lower case, without the punctuation around it.
"""

import re
from collections.abc import Mapping

from diffvet.dialogue import doubt
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.expression import expression

_SEVERITY_WORDS = {
    Severity.ERROR: """error errors err critical crit high highest blocker blockers blocking severe fatal major must-fix p0 p1 s0 s1
        sev0 sev1 danger dangerous vulnerability
        kritisch hoch schwer schwerwiegend fehler critique critiques élevé élevée haute erreur bloquant majeur majeure grave
        crítico crítica critico critica alto alta erro errore bloqueante
        严重 嚴重 高 高危 致命 错误 錯誤 エラー 重大 深刻 критический критическая высокий высокая ошибка 높음 심각 오류 치명적
        hög fout hoog wysoki błąd krytyczny""",
    Severity.WARNING: """warning warnings warn medium moderate mid should-fix p2 s2 sev2 important caution potential
        warnung mittel wichtig mäßig avertissement moyen moyenne modéré modérée moderado moderada
        advertencia medio media médio média aviso avviso importante attention atención
        警告 中 中等 中危 注意 предупреждение средний средняя 경고 중간 보통 waarschuwing middel ostrzeżenie średni""",
    Severity.INFO: """info information informational minor low lowest nit nitpick nits trivial suggestion suggestions note notice hint
        tip optional style cosmetic p3 p4 s3 s4 sev3 consider fyi
        hinweis niedrig gering faible mineur mineure remarque bajo baja baixo baixa basso bassa leve menor sugerencia informação
        低 低危 信息 提示 建议 輕微 轻微 情報 軽微 低い низкий низкая информация 낮음 정보 laag niski""",
}
_CATEGORY_WORDS = {
    Category.SECRET: """secrets credential credentials password passwords api-key apikey key-leak token-leak hardcoded-secret
        hardcoded-secrets hardcoded-credential hardcoded-credentials hard-coded-credentials hard-coded-secret leaked-secret private-key
        secret-exposure geheimnis zugangsdaten secreto credenciales identifiants 密钥 凭据 凭证 秘密情報 認証情報 機密情報""",
    Category.SECURITY: """vulnerability vulnerabilities injection sql-injection sqli command-injection shell-injection code-injection
        xss csrf ssrf rce idor xxe auth authn authz authentication authorization access-control crypto cryptography path-traversal deserialisation
        deserialization open-redirect sanitization input-validation privacy tls cors insecure prompt-injection redos
        sicherheit sécurité securite seguridad segurança sicurezza 安全 安全性 セキュリティ 脆弱性 безопасность 보안 beveiliging""",
    Category.CORRECTNESS: """bug bugs logic logic-error logic-bug functional functionality error-handling null null-pointer null-safety
        nullability crash off-by-one edge-case edge-cases validation type type-error types runtime runtime-error exception exceptions
        regression typo behavior behaviour reliability robustness stability boundary incorrect
        fehler logik korrektheit exactitude correction logique bogue correctitud lógica corrección correção correttezza
        正确性 逻辑 逻辑错误 错误 正確性 バグ ロジック корректность 정확성 버그 correctheid""",
    Category.DATA_LOSS: """data data-corruption data-integrity corruption data-deletion destructive persistence datenverlust
        perte-de-données pérdida-de-datos perda-de-dados 数据丢失 数据损坏 データ損失 データ消失 потеря-данных 데이터-손실""",
    Category.CONCURRENCY: """race races race-condition race-conditions data-race deadlock deadlocks thread-safety threading thread threads
        async asynchrony locking synchronization atomicity toctou parallelism
        nebenläufigkeit concurrence concurrencia concorrência 并发 竞态 竞态条件 並行性 競合 競合状態 параллелизм 동시성""",
    Category.PERFORMANCE: """perf efficiency speed latency memory memory-leak resource-leak leak resource scalability optimization complexity
        n+1 leistung rendimiento desempenho prestazioni 性能 パフォーマンス 性能問題 производительность 성능 prestaties""",
    Category.DEPENDENCY: """dependencies deps package packages supply-chain library version versions vendor license licensing
        abhängigkeit dépendance dependencia dependência 依赖 依赖项 依存関係 依存 зависимость 의존성""",
    Category.CONFIGURATION: """config configs configurations settings setting ci ci/cd cicd build deployment deploy infrastructure infra
        docker env environment devops iac permissions konfiguration configuración configuração configurazione
        配置 設定 конфигурация 설정""",
    Category.API_BREAK: """api api-breakage breaking breaking-change breaking-changes compatibility backward-compatibility
        backwards-compatibility interface contract schema migration public-api signature
        kompatibilität compatibilité compatibilidad compatibilidade 兼容性 互換性 破壊的変更 совместимость 호환성""",
    Category.REMOVED_SAFEGUARD: """removed-check removed-checks removed-guard removed-validation safeguard guard guards missing-check
        missing-guard removed-protection safety-check removed-safety weakened-check
        schutz-entfernt 移除保护 安全対策の削除""",
    Category.TEST_GAP: """test tests testing coverage test-coverage missing-test missing-tests untested removed-test skipped-test
        testabdeckung tests-manquants pruebas testes 测试 测试覆盖 テスト テスト不足 тесты 테스트""",
    Category.MAINTAINABILITY: """maintenance readability quality code-quality style clean-code cleanup refactor refactoring naming docs
        documentation comment comments complexity-of-code duplication dead-code best-practice best-practices convention design
        architecture code-smell smell clarity logging observability wartbarkeit lesbarkeit maintenabilité lisibilité mantenibilidad
        legibilidad manutenibilidade 可维护性 可读性 保守性 可読性 поддерживаемость 유지보수성""",
}
_LABEL_WORDS = {
    "severity": """severity/level/priority/severity level/risk level/schweregrad/priorität/sévérité/gravité/priorité/severidad/gravedad/
        prioridad/severidade/gravidade/gravità/严重性/严重程度/嚴重性/级别/優先度/重要度/深刻度/важность/серьёзность/심각도""",
    "category": """category/type/kind/class/kategorie/typ/art/catégorie/type de risque/categoría/tipo/categoria/类别/分类/類別/分類/类型/
        カテゴリ/カテゴリー/種別/種類/категория/тип/분류/카테고리""",
    "location": """location/file/line/lines/where/path/file path/position/place/file and line/affected lines/affected code/datei/ort/zeile/
        zeilen/stelle/fichier/emplacement/ligne/lignes/lieu/ubicación/archivo/línea/líneas/lugar/local/arquivo/linha/linhas/file e riga/
        位置/文件/行/行号/路径/ファイル/場所/箇所/行番号/файл/строка/место/위치/파일""",
    "quote": """quote/code/snippet/code snippet/evidence/quoted code/line of code/offending code/affected line/zitat/codestelle/citation/
        extrait/cita/fragmento/código/trecho/代码/引用/代码片段/コード/該当コード/код/цитата/코드""",
    "title": """title/issue/problem/finding/risk/bug/summary/name/titel/problem/befund/risiko/titre/problème/risque/título/problema/riesgo/
        hallazgo/risco/titolo/rischio/标题/問題/问题/风险/標題/タイトル/リスク/概要/заголовок/проблема/риск/제목/문제""",
    "why": """why/reason/impact/explanation/why it matters/why this matters/rationale/details/detail/description/consequence/
        why it's a problem/why is this a problem/what goes wrong/scenario/cause/warum/grund/begründung/auswirkung/erklärung/ursache/
        wieso/pourquoi/raison/conséquence/explication/por qué/porqué/por que/porque/motivo/razón/impacto/explicación/razão/explicação/
        perché/impatto/spiegazione/原因/理由/影响/影響/为什么/為什麼/なぜ/説明/说明/解释/描述/почему/причина/влияние/이유/영향/설명/
        waarom/dlaczego/varför""",
    "fix": """fix/suggested fix/suggestion/suggestions/recommendation/recommended fix/how to fix/solution/remediation/mitigation/proposed fix/
        action/possible fix/recommended action/lösung/behebung/fehlerbehebung/vorschlag/empfehlung/abhilfe/korrektur/correction/correctif/
        solution/suggestion/recommandation/remède/corrección/solución/arreglo/recomendación/sugerencia/correção/solução/recomendação/
        sugestão/correzione/soluzione/修复/修正/解决/解决方案/建议/修复建议/修改建议/修復/建議/対策/修正案/修正方法/修正内容/解決策/対処/対応/
        исправление/решение/как исправить/수정/해결/해결책/수정 방법/oplossing/rozwiązanie/lösning""",
    "rule": "rule/rule id/regel/règle/regla/规则/ルール",
}  # fmt: skip
_NONE = """none/nothing/n\\/a/nil/clean/lgtm/keine/nichts/aucun/aucune/rien/ninguno/ninguna/nada/nenhum/nenhuma/nessuno/nessuna/niente/
    无/無/没有/なし/特になし/нет/없음/geen/brak/inga/ingen""".replace("\\/", "\0")
_NO_SUCH = expression(
    r"""(?:
      (?:there\ (?:are|is|were)\ |i\ found\ |found\ )?(?:no|zero|0)\ (?:\w+\ ){0,3}?(?:issues?|risks?|problems?|findings?|concerns?|bugs?|defects?)
        (?=$|\s*[.,;:(!—–-]|\ (?:were|was|found|identified|detected|spotted|introduced|here|in|with|to|worth|that|visible|i)(?!\w))
      | nothing\ (?:to\ (?:report|flag)|found|wrong)
      | keine\ (?:\w+\ ){0,2}?(?:risiken|probleme|befunde|fehler|auffälligkeiten)
      | aucun(?:e)?\ (?:\w+\ ){0,2}?(?:risque|problème|anomalie|erreur)s?
      | (?:ningún|ninguna|sin|no\ hay|no\ se\ encontraron|no\ se\ han\ encontrado)\ (?:\w+\ ){0,2}?(?:riesgos?|problemas?|hallazgos?|errores)
      | (?:nenhum|nenhuma|sem)\ (?:\w+\ ){0,2}?(?:riscos?|problemas?)
      | nessun(?:o)?\ (?:\w+\ ){0,2}?(?:rischio|problema|errore)
      | (?:没有|沒有|未)(?:发现|發現)?(?:任何)?(?:问题|問題|风险|風險)
      | (?:未发现|未發現)\w{0,6}(?:问题|問題|风险|風險)
      | (?:特に)?(?:問題|リスク|指摘事項)は?(?:特に)?(?:なし|ありません|ない|見つかりませんでした)
      | (?:проблем|рисков)\ не\ (?:найдено|обнаружено) | нет\ (?:проблем|рисков)
      | (?:발견된\ )?문제\ ?없음
    )(?!\w)""",
    re.VERBOSE,
)
_WORD_NONE = expression(
    r"([`*_]*[\w/]+[`*_]*)(?:[.!。]*|\s?[.!。]\s.*|[.。*_]*\s?[(（][^()（）]*[)）][.。]?|\*{0,2}\s?(?:--?|—|–|,|，|;)\s?.*)"
)
_SPECIFIC = expression(r"(?<!\w)(?:[RL]\d|Fix:)|:\d|\[\w+\]")
_NONE_LIMIT = 400
_PHRASE_LIMIT = 120
_EMOJI = {
    **dict.fromkeys("🔴🟥🚨⛔❌🛑💥🔥‼❗", Severity.ERROR),
    **dict.fromkeys("🟠🟡🟧🟨⚠🔶", Severity.WARNING),
    **dict.fromkeys("🔵🟢🟦🟩ℹ💡⚪📝💭", Severity.INFO),
}
_AROUND_SEVERITY = frozenset(
    [
        "severity",
        "priority",
        "risk",
        "risks",
        "level",
        "issue",
        "issues",
        "finding",
        "findings",
        "problem",
        "problems",
        "impact",
        "items",
        "schweregrad",
        "priorität",
        "sévérité",
    ]
)
_EDGES = expression(r"^[\W_]+|[\W_]+$")
_PIECES = expression(r"[/|,;:·•：、()\s–—]+")


def _by_word(table: Mapping[Severity, str]) -> dict[str, Severity]:
    return {word: meaning for meaning, words in table.items() for word in words.split()}


_SEVERITIES = _by_word(_SEVERITY_WORDS)
_CATEGORIES = {word: meaning for meaning, words in _CATEGORY_WORDS.items() for word in words.split()} | {
    category.value: category for category in Category
}
_LABELS = {
    " ".join(word.split()): field
    for field, words in reversed(_LABEL_WORDS.items())
    for word in words.split("/")
}
_ENGLISH = frozenset(("none", "nothing", "n/a", "nil", "clean", "lgtm"))
_FURTHER = expression(r"[*_\s]*[-–—,，;]")
"""What follows a "none" of another language may be a reservation that nobody here reads."""
_NONES = frozenset(word.strip().replace("\0", "/") for word in _NONE.split("/"))


def bare(text: str) -> str:
    """``text`` in lower case, on one line, without the punctuation and emphasis around it; at most 120 characters."""
    return _EDGES.sub("", " ".join(text[:_PHRASE_LIMIT].lower().replace("\u2019", "'").split()))


def severity_of(text: str) -> Severity | None:
    """The severity a short phrase names: ``High``, ``severity: critical``, ``**[P1]**``, ``🔴``."""
    phrase = bare(text)
    whole = _SEVERITIES.get(phrase.replace(" ", "-"))
    if whole is not None:
        return whole
    for piece in _PIECES.split(phrase)[:6]:
        found = _SEVERITIES.get(_EDGES.sub("", piece))
        if found is not None:
            return found
    return next((_EMOJI[char] for char in text[:40] if char in _EMOJI), None)


def is_severity(text: str) -> bool:
    """Whether a phrase is nothing but a severity: ``HIGH``, ``high severity``, ``Critical issues``."""
    words = [word for word in _PIECES.split(bare(text)) if word and word not in _AROUND_SEVERITY]
    if not words:
        return not bare(text) and any(char in _EMOJI for char in text[:10])
    return len(words) <= 2 and all(word in _SEVERITIES for word in words)


def emoji_severity(char: str) -> Severity | None:
    """The severity a traffic light or sign stands for."""
    return _EMOJI.get(char)


def category_of(text: str) -> Category | None:
    """The category a short phrase names, by its own name, by a synonym, or by a word in it."""
    phrase = bare(text)
    whole = _CATEGORIES.get(re.sub(r"[\s_]+", "-", phrase))
    if whole is not None:
        return whole
    words = [_EDGES.sub("", word) for word in _PIECES.split(phrase)[:12]]
    for size in (2, 1):
        for at in range(len(words) - size + 1):
            found = _CATEGORIES.get("-".join(words[at : at + size]))
            if found is not None:
                return found
    return None


def is_category(text: str) -> bool:
    """Whether a phrase is nothing but the name or a synonym of a category."""
    return re.sub(r"[\s_]+", "-", bare(text)) in _CATEGORIES


def label_of(text: str) -> str | None:
    """The field a label names (severity, category, location, quote, title, why, fix, rule)."""
    return _LABELS.get(bare(text))


def says_none(text: str) -> bool:
    """Whether the text of a bullet states that there is no risk: without a reservation, a place or a fix.

    "None" may also be the name of a value, so what may follow it is narrow.
    """
    if len(text) > _NONE_LIMIT:
        return False
    phrase = " ".join(text.lower().split()).strip("*_[] ")
    word = _WORD_NONE.fullmatch(phrase)
    if word and bare(word[1]) in _NONES - _ENGLISH and _FURTHER.match(phrase[len(word[1]) :]):
        return False
    said = bool(word and bare(word[1]) in _NONES) or _NO_SUCH.match(_EDGES.sub("", phrase)) is not None
    return said and not doubt.in_none(phrase) and not _SPECIFIC.search(text.strip("*_[] "))
