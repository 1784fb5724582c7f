"""Reports with something of everything, for a browser to show."""

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.report.html import render
from diffvet.review.finding import Placement, State, Usage
from diffvet.review.ledger import Outcome
from diffvet.review.select import Selection
from report_page import finding, report

EXPORT = '''\
diff --git a/shop/export.py b/shop/export.py
--- a/shop/export.py
+++ b/shop/export.py
@@ -8,16 +8,18 @@ class Exporter:
     """Writes what a manager may see.

     Nothing here may be slow.
     """

-    @require_role("manager")
-    def orders(self, customer: int) -> list[tuple]:
+    def orders(self, customer: int, status: str) -> list[tuple]:
         with connect() as db:
-            return db.execute("SELECT id, total FROM orders WHERE customer = ?", (customer,)).fetchall()
+            return db.execute(
+                f"SELECT id, total FROM orders WHERE customer = {customer} AND status = '{status}'"
+            ).fetchall()

     def convert(self, name: str) -> Path:
         target = EXPORTS / Path(name).with_suffix(".pdf").name
-        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", name], check=True, timeout=60)
+        subprocess.run(f"soffice --headless --convert-to pdf {name}", shell=True, check=True)
+        # TODO: remove when the new exporter is there
         return target

     def close(self) -> None:
@@ -60,4 +62,4 @@ class Exporter:
     def deliver(self, report: Path, url: str) -> None:
-        answer = requests.put(url, data=report.read_bytes(), timeout=30)
+        answer = requests.put(url, data=report.read_bytes(), verify=False)
         answer.raise_for_status()

'''

CLIENT = """\
diff --git a/web/cart.ts b/web/basket/cart.ts
similarity index 80%
rename from web/cart.ts
rename to web/basket/cart.ts
--- a/web/cart.ts
+++ b/web/basket/cart.ts
@@ -1,5 +1,6 @@
 export class Cart {
   private items = new Map<string, number>();
-  total(): number { return [...this.items.values()].reduce((a, b) => a + b, 0); }
+  // Prices come as text since the new service.
+  total(): number { return [...this.items.values()].reduce((a, b) => a + Number(b), 0); }
   add(id: string) { this.items.set(id, (this.items.get(id) ?? 0) + 1); }
 }
diff --git a/db/migrate.sql b/db/migrate.sql
new file mode 100644
--- /dev/null
+++ b/db/migrate.sql
@@ -0,0 +1,3 @@
+-- one currency is enough
+ALTER TABLE orders DROP COLUMN currency;
+UPDATE orders SET total = total * 100;
diff --git a/package-lock.json b/package-lock.json
--- a/package-lock.json
+++ b/package-lock.json
@@ -1,2 +1,2 @@
-  "version": "1.0.0",
+  "version": "1.0.1",
   "lockfileVersion": 3,
"""

FINDINGS = (
    finding(
        13,
        path="shop/export.py",
        side=Side.OLD,
        category=Category.REMOVED_SAFEGUARD,
        title="An access check is removed: `@require_role`",
        why="What stands below it is now open to callers it used to refuse.",
        fix="Put the check back, or show where callers are checked instead.",
        code=('    @require_role("manager")',),
        fingerprint="1" * 32,
    ),
    finding(
        15,
        end_line=17,
        path="shop/export.py",
        title="A statement is put together from text and run as SQL",
        why="A value that holds a quote changes the statement; whoever controls it can read or change the database.",
        fix="Keep the statement constant and pass the values as parameters.",
        code=("return db.execute(", "f...", ").fetchall()"),
        fingerprint="2" * 32,
    ),
    finding(
        21,
        path="shop/export.py",
        severity=Severity.WARNING,
        title="A shell runs the name of a file",
        why="Whoever controls the name can run other commands with this program's rights.",
        fix="Pass a list of arguments and drop shell=True.",
        code=(
            '        subprocess.run(f"soffice --headless --convert-to pdf {name}", shell=True, check=True)',
        ),
        suggestion=(
            '        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", name], check=True)',
        ),
        fingerprint="3" * 32,
    ),
    finding(
        22,
        path="shop/export.py",
        severity=Severity.INFO,
        category=Category.MAINTAINABILITY,
        title="A comment promises work that nobody is told of",
        why="It will be found by chance or not at all.",
        fix=None,
        state=State.DISMISSED,
        fingerprint="4" * 32,
    ),
    finding(
        63,
        path="shop/export.py",
        placement=Placement.MOVED,
        title="Certificate verification is switched off",
        why="Anyone on the network path can pose as the server.",
        reviewer="large-model-5",
        code=("",),
        fingerprint="5" * 32,
    ),
    finding(
        4,
        path="web/basket/cart.ts",
        severity=Severity.WARNING,
        category=Category.CORRECTNESS,
        placement=Placement.UNPLACED,
        quote="Number(item.price)",
        title="A price that is no number makes the whole total NaN",
        why="Number() of a text that holds a currency is NaN, and NaN is all that is left.",
        fix="Refuse such a price where it enters.",
        reviewer="large-model-5",
        fingerprint="6" * 32,
    ),
    finding(
        2,
        path="db/migrate.sql",
        category=Category.DATA_LOSS,
        title="A column is dropped with all its values",
        why="What it holds is gone when the migration has run; a rollback brings the column back, empty.",
        fix="Keep the column until nothing reads it, and drop it in a later release.",
        state=State.BASELINE,
        fingerprint="7" * 32,
    ),
    finding(
        3,
        path="db/migrate.sql",
        severity=Severity.INFO,
        category=Category.DATA_LOSS,
        title="Run twice, this multiplies twice",
        why="Nothing records that it ran.",
        fix="Guard it by a version.",
        fingerprint="8" * 32,
    ),
    finding(
        120,
        path="web/basket/cart.ts",
        severity=Severity.INFO,
        category=Category.TEST_GAP,
        title="No test reaches the empty basket",
        why="The changed sum starts from nothing only there.",
        fix=None,
        code=("  checkout() {", "    return this.total();", "  }"),
        end_line=122,
        fingerprint="9" * 32,
    ),
)

OUTCOMES = (
    (Outcome.REVIEWED, None),
    (Outcome.FAILED, "the endpoint did not answer within 120 s"),
    (Outcome.CACHED, None),
    (Outcome.REVIEWED, None),
    (Outcome.SKIPPED, "lock file: package-lock.json"),
)

USAGE = Usage(requests=4, input_tokens=18_240, output_tokens=1_913, credits=0.4125)


def rich() -> str:
    """A report with every kind of file, finding, state and outcome."""
    return render(report(EXPORT + CLIENT, FINDINGS, outcomes=OUTCOMES, usage=USAGE))


def complete() -> str:
    """The same, all reviewed."""
    return render(report(EXPORT + CLIENT, FINDINGS, usage=USAGE))


def clean() -> str:
    """A report without findings."""
    return render(report(EXPORT))


EVIL = (
    "</script><script>canary=1</script>",
    "<img src=x onerror=canary=1>",
    '"><svg onload="canary=1">',
    "' onfocus='canary=1' autofocus='",
    "javascript:canary=1",
    "</style><style>body{display:none}</style>",
    "</td></tr></table></details></article></main><h1>taken over</h1>",
    "<!--",
    "]]><![CDATA[",
    "\u202e\u2066txt.exe\u2069 \x1b[31m \x00 \udcff \u2028 \u200b",
    "&lt;script&gt;canary=1&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.canary=1</script>'></iframe><base href=//evil.invalid/>",
    "<link rel=stylesheet href=//evil.invalid/x.css><meta http-equiv=refresh content='0;url=//evil.invalid/'>",
    "W" * 5_000,
)


def hostile() -> str:
    """Code, names, findings and reasons that try to become part of the page."""
    body = "".join(f"+{line}\n" for line in EVIL)
    diffs = "".join(
        f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(EVIL)} @@ {EVIL[0]}\n{body}"
        for name in ("evil.html", "evil.js", "<b onclick=canary=1>.py")
    )
    findings = [
        finding(
            number,
            path=path,
            title=text,
            why=text,
            fix=text,
            rule=text,
            reviewer=text,
            quote=text,
            code=(text,),
            suggestion=(text,),
            fingerprint=f"{number:x}{index:x}".ljust(32, "e"),
            state=list(State)[number % 4],
            placement=list(Placement)[number % 3],
        )
        for index, path in enumerate(("evil.html", "evil.js", "<b onclick=canary=1>.py", EVIL[2]))
        for number, text in enumerate(EVIL, 1)
    ]
    outcomes = [(Outcome.FAILED, text) for text in EVIL[:3]]
    return render(report(diffs, findings, outcomes=outcomes))


def large(changed: int = 5_000, files: int = 25) -> str:
    """A report of ``changed`` added and removed lines, with a finding on every 25th added line."""
    half = changed // files // 2
    diffs, findings = [], []
    for file in range(files):
        path = f"pkg/part_{file % 5}/module_{file}.py"
        hunks, line = [], 1
        for hunk in range(half // 10):
            rows = [f" def step_{hunk}(value: int, *, scale: float = 1.0) -> int:\n"]
            rows += [
                f'-    total = compute(value, {n}, "old text {hunk}")  # the old way\n' for n in range(10)
            ]
            rows += [
                f'+    total = compute(value * scale, {n}, "new text {hunk}")  # the new way\n'
                for n in range(10)
            ]
            rows += ["     return total\n"]
            hunks.append(f"@@ -{line},12 +{line},12 @@ class Part:\n{''.join(rows)}")
            line += 40
        diffs.append(f"--- a/{path}\n+++ b/{path}\n{''.join(hunks)}")
        findings += [
            finding(
                1 + 40 * (number // 10) + 1 + number % 10,
                path=path,
                severity=list(Severity)[number % 3],
                category=list(Category)[number % 12],
                title=f"Finding {number} of file {file}",
                code=("",),
                fingerprint=f"{file:04x}{number:04x}".ljust(32, "a"),
            )
            for number in range(0, half, 25)
        ]
    return render(report("".join(diffs), findings))


def held_back() -> str:
    """A report whose settings hide what is below an error."""
    return render(report(EXPORT + CLIENT, FINDINGS, selection=Selection(min_severity=Severity.ERROR)))
