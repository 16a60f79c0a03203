# What fromisoformat() accepts beyond ISO 8601, and where it stops looking.
from datetime import date, datetime, time


def show(function, text):
    try:
        print(ascii(text), repr(function(text)))
    except Exception as error:
        print(ascii(text), type(error).__name__, ascii(str(error)))


for text in ("12:30:45:123", "12:+01:00", "12:30:45.123456xyz+01:00", "12\0", "12:30\0", "123456\0", "1234567", "12345678", "12345678Z",
             "12:30:45.123456\0", "12:3+01", "12.5", "1230.5", "12:30.5", "12:30:45:", "12:30:45:Z", "12,5Z", "12:30:45.1234567+01:00:00.1234567",
             "12x+01:00", "123x+01:00", "1234x+01:00", "1234xZ", "12+01:", "12+01.5", "12+01:00:00:5", "12+0100005", "12:30:45x1", "123045x1",
             "12\0\0", "12:\0", "12-", "12+", "12Z", "Z", "+", "12\0+01:00", "1234\0005Z", "12:30:45.12345\0", "T", "TT12", "12+24:00",
             "12+23:59:59.999999", "12+99:99", "99", "9999240405", "12Z\0", "12Z\0x", "12Zx", "12:30:45.123456\ud800Z", "12:30:45.123456\xe9Z"):
    show(time.fromisoformat, text)
    show(datetime.fromisoformat, "2001-02-03T" + text)
for text in ("2020W05123", "2020-W05-1", "2020-W0512", "2020-W05-", "2020-W051", "2020W05x", "2020W0511", "2020W05", "2020-W05", "2020-W05-123",
             "2020-01-0", "20200101ab", "2020-01-01", "20-0101-01", "2020-0101", "2020010\xe9", "20200101\xe9a", "20200101\ud800a", "2020W05\0",
             "2020W051\0\0", "\xe9", "1230242001", "24040500-\0"):
    for function in (date.fromisoformat, datetime.fromisoformat, lambda text: datetime.fromisoformat(text + "T12"),
                     lambda text: datetime.fromisoformat(text + "\xe912:30:45.123456\xe9+01")):
        show(function, text)
for text in ("2020-01-01\ud80012:30", "2020-01-01\ud80012:30:45.123456\ud800", "\ud800020-01-01x12:30:45", "2020W05\ud80001:02",
             "2020W051\ud80001:02", "2020-01-01\U0001f60012:30", "2020-01-01\u20ac12:30"):
    show(datetime.fromisoformat, text)
for number in 2**31, -2**31 - 1, 2**63, "x":
    show(date.fromordinal, number)
    show(date(1, 1, 1).__format__, number)

for text in ('04:05:06Z\0', '04:05:06Z\0xyz', '04:05Zx', '2001-01-01T04:05:06Z\0'):
    for parse in (time.fromisoformat, datetime.fromisoformat):
        try:
            print(repr(text), parse(text))
        except ValueError as error:
            print(error)
