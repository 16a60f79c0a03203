import re
import sys

sys.modules.update(dict.fromkeys(("cchardet", "chardet", "charset_normalizer", "lxml")))  # whether installed or not

from bs4 import BeautifulSoup, Comment, SoupStrainer

raw = open(sys.argv[1], "rb").read()
for parser in ("html.parser", "html5lib"):
    soup = BeautifulSoup(raw, parser)
    print(parser, soup.original_encoding, soup.title.string)
    print(soup.prettify())
    for link in soup.find_all("a", href=re.compile(r"^(?!#)")):
        print(link.get("href"), link.get_text(" ", strip=True), link.get("class"))
    for row in soup.select("table.tides tbody > tr:nth-of-type(odd)"):
        print([cell.get_text(strip=True) for cell in row.find_all(["td", "th"])])
    print([c.strip() for c in soup.find_all(string=lambda t: isinstance(t, Comment))])
    print([p.name for p in soup.find("td").parents], soup.find("h2").find_next_sibling().name)
    print(soup.select_one("#news article:has(time) h3").string, len(soup.select("li:not(.old) > a[href*='boat']")))
    for tag in soup("script"):
        tag.decompose()
    first = soup.p
    first.string.replace_with("replaced") if first.string else first.append(soup.new_tag("br", id="n<>"))
    first.wrap(soup.new_tag("div"))["class"] = ["a", "b"]
    print(first.parent, soup.encode("ascii")[:200])
    print(" ".join(soup.stripped_strings)[:600])
print(BeautifulSoup(raw, "html.parser", parse_only=SoupStrainer("h3")))
for markup in (b"\xff\xfeh\0i\0", "caf\xe9".encode("latin-1"), "<a><b></a></b>", "<p>1<p>2", "&lt;&nbsp;&hearts;"):
    soup = BeautifulSoup(markup, "html.parser")
    print(repr(soup), soup.original_encoding, soup.formatter if hasattr(soup, "formatter") else "")
