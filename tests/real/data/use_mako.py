from mako import exceptions
from mako.lookup import TemplateLookup
from mako.template import Template

lookup = TemplateLookup()
lookup.put_string("base.html", """<%page args="year=1999"/>
<html><head>${self.title()}</head>
<%block name="body">nothing</%block>
${next.body()}
% if year > 2000:
new
% else:
old ${year}
% endif
</html>
<%def name="title()">Harbour</%def>
""")
lookup.put_string("page.html", """<%inherit file="base.html"/>
<%namespace name="lib" file="lib.html"/>
<%! import math %>
<% total = sum(b["length"] for b in boats) %>
% for index, boat in enumerate(boats):
  ${loop.index}${"first" if loop.first else ""} ${boat["name"] | h,trim} ${"%.3f" % math.sqrt(boat["length"])} \\
  ${lib.shout(boat["name"])}
% endfor
## a comment
<%block name="body">body ${total}</%block>
<%def name="title()">${parent.title()} / page</%def>
<%lib:box width="3">inside ${caller is not None}</%lib:box>
<%text>${raw}</%text>
${"<a&b>" | u} ${"x" * 3 | n} ${capture(lambda: context.write("written"))}
""")
lookup.put_string("lib.html", """<%def name="shout(text)" filter="str.upper">${text}!</%def>
<%def name="box(width)">[${width}: ${caller.body()}]</%def>
""")
boats = [{"name": " <gull> ", "length": 4}, {"name": "eagle", "length": 12.5}]
print(lookup.get_template("page.html").render(boats=boats, year=1990))
print(lookup.get_template("lib.html").code.split("__M_BEGIN_METADATA")[0].replace("_modified_time", "t")[-900:])
for source in ("% for x in y:\n", "${1/0}", "${missing}", "<%def name='x()'>", "${a b}"):
    try:
        print(Template(source).render())
    except Exception as error:
        print(type(error).__name__, error)
try:
    Template("one\ntwo ${fail()}\n").render(fail=lambda: int("x"))
except ValueError:
    print("\n".join(exceptions.text_error_template().render().splitlines()[-4:]))
print(len(Template("% for i in range(n):\n<td>${i}</td>\n% endfor").render(n=20000)))
