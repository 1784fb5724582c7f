from shop.reports import convert, deliver


def test_converts_a_spreadsheet(sheet):
    assert convert(str(sheet)).suffix == ".pdf"


def test_refuses_a_name_outside_the_export_folder(sheet):
    assert convert("../../etc/passwd").parent.name == "exports"


def test_delivers_to_the_bucket(report, bucket):
    deliver(report, bucket.url)
    assert bucket.objects == {report.name: report.read_bytes()}
