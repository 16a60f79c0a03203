filter() { sed -E 's/Docutils [0-9.]+/Docutils N/'; }
doc=/usr/share/doc
zcat $doc/python3-setuptools/setuptools.rst.gz >a.rst
cp "$data/paper.rst" .
for tool in rst2html rst2latex rst2pseudoxml rst2xml rst2man; do run "$py" /usr/bin/$tool paper.rst; done
run "$py" /usr/bin/rst2html5 paper.rst
printf 'Title\n==\n\n.. nosuch:: x\n\n`bad\n\n*unclosed\n' >bad.rst
run "$py" /usr/bin/rst2html bad.rst
run "$py" /usr/bin/rst2html --strict bad.rst
