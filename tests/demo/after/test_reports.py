from shop.reports import convert, deliver


def test_converts_a_spreadsheet(sheet):
    assert convert(str(sheet)).suffix == ".pdf"


def test_delivers_to_the_bucket(report, bucket):
    deliver(report, bucket.url)
    assert bucket.objects == {report.name: report.read_bytes()}
