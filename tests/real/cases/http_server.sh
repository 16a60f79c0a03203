filter() { sed -E 's/^(Date|Last-Modified|Server|< Date|< Server):.*/\1/; s/\[[0-9]+\/[A-Z][a-z]+\/[0-9: ]+\]/[TIME]/; s/port [0-9]+/port N/; s/:[0-9]{4,5}\/?/:PORT/'; }
mkdir site; cp "$data/catalogue.json" site/; echo '<p>hello</p>' >site/page.html; mkdir site/sub; echo x >'site/sub/a b&c.txt'
touch -d 2020-02-02T02:02:02Z site/*
set -m
: >server.out
"$py" -u -m http.server 0 --bind 127.0.0.1 --directory site >server.out 2>server.err &
server=$!
for _ in $(seq $((100 * patience))); do grep -q port server.out && break; sleep 0.1; done
url=http://127.0.0.1:$(sed -E 's/.*port ([0-9]+).*/\1/' server.out)
run curl -s -i $url/page.html
run curl -s -I $url/catalogue.json
run curl -s $url/sub/
run curl -s -i $url/missing
run curl -s -i -X POST -d x=1 $url/page.html
run curl -s -i -H 'If-Modified-Since: Sat, 01 Jan 2022 00:00:00 GMT' $url/page.html
run curl -s "$url/sub/a%20b%26c.txt"
run curl -s -i $url/sub
kill -INT $server; wait $server; echo "server: exit status $?"
cat server.out; cat server.err >&2
