# What failed, from a runner's result file: each name with the first lines of what the test said and of what its product warned of, so that
# whoever sees only the end of a long run knows what to look for. The file is one line, so it is read from one "<" to the next.

BEGIN { RS = "<"; most = 10; mostNews = 6; longest = 600 }

/^test / {
  name = match($0, / name="[^"]*"/) ? substr($0, RSTART + 7, RLENGTH - 8) : "?"
  wanted = / result="Fail"/ ? "message" : ""
  inside = ""
}
wanted != "" && inside == "" && index($0, wanted ">") == 1 { inside = wanted; said = "" }
inside != "" && index($0, "/" inside ">") == 1 {
  count = split(said, lines, "\n")
  if (inside == "message") {
    print "== FAILED: " name
    for (i = 1; i <= count && i <= most; i++) print "       " lines[i]
  } else {
    news = 0
    for (i = 1; i <= count && news < mostNews; i++)
      if (lines[i] ~ /LogLevel[^,]*(Warning|Error|Critical)/) { print "       " substr(lines[i], 1, longest); news++ }
  }
  wanted = inside == "message" ? "output" : ""
  inside = ""
}
inside != "" {
  text = $0
  if (!sub("^" inside ">", "", text) && !sub(/^!\[CDATA\[/, "", text)) text = "<" text
  sub(/\]\]>$/, "", text)
  said = said text
}
