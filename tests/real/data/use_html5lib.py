import sys

import html5lib
from html5lib import serializer, treewalkers

raw = open(sys.argv[1], "rb").read()
for tree in ("etree", "dom"):
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder(tree), namespaceHTMLElements=False)
    document = parser.parse(raw)
    print(tree, parser.documentEncoding, len(parser.errors))
    for position, code, details in parser.errors[:20]:
        print(position, code, sorted(details.items()))
    walker = treewalkers.getTreeWalker(tree)
    for options in ({}, {"omit_optional_tags": False, "quote_attr_values": "always", "alphabetical_attributes": True},
                    {"strip_whitespace": True, "sanitize": True}):
        out = serializer.HTMLSerializer(**options)
        try:
            print("".join(out.serialize(walker(document))))
        except Exception as error:
            print(type(error).__name__, error)
for fragment in ("<p>a<b>b<i>c</b>d</i>", "<table><td>x<p>y</table>z", "&notit; &amp &#x80; &copy", "<svg><circle/><p>",
                 "<!DOCTYPE html><!-- a -- b --><script>if (a < b) '</scr'</script><textarea>\n\nx</textarea>",
                 "<select><option>1<option>2<optgroup>", "\0<a href=x?a&b=1 HREF=y z='\"'>"):
    print(html5lib.serialize(html5lib.parseFragment(fragment)), html5lib.serialize(html5lib.parse(fragment)))
