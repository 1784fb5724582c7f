"""Turns uploaded spreadsheets into reports and hands them to the customer's bucket."""

import subprocess
from pathlib import Path

import requests

from shop.auth import require_role
from shop.db import connect

EXPORTS = Path("/var/exports")


@require_role("manager")
def export_orders(customer_id: int) -> list[tuple]:
    with connect() as db:
        return db.execute("SELECT id, total FROM orders WHERE customer = ?", (customer_id,)).fetchall()


def convert(name: str) -> Path:
    target = EXPORTS / Path(name).with_suffix(".pdf").name
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", name], check=True, timeout=60)
    return target


def deliver(report: Path, bucket_url: str) -> None:
    answer = requests.put(bucket_url, data=report.read_bytes(), timeout=30)
    answer.raise_for_status()
