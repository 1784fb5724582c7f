"""Diffvet vets a git diff before anyone else reads it.

The folder tree is the architecture; the data flows in this order:

``diff``      bytes of a diff -> sections, files, hunks, lines
``dialogue``  the language spoken with a reviewer: prompt out, bullets back
``messages``  the client of ``POST /v1/messages``
``gateway``   our own ``/v1/messages``, in this process or served
``rules``     the embedded reviewer: deterministic rules that answer a prompt
``review``    units, placement, fingerprints, ledger: the pipeline itself
``store``     what is remembered between runs
``settings``  what was said, by whom, and what is used
``report``    one file per output format
``cli``       one file per verb
``lsp``       the language server

Who may import whom is drawn in CONTRIBUTING.md and enforced by ``tests/unit/test_imports.py``.
"""

__version__ = "0.1.0"
