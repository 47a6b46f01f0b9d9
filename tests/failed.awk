# What failed, from a runner's result file: each name with the first lines of what the test said, so that whoever sees only the end of a long
# run knows what to look for. The file is one line, so it is read from one "<" to the next.

BEGIN { RS = "<"; most = 10 }

/^test .*result="Fail"/ { failed = match($0, / name="[^"]*"/) ? substr($0, RSTART + 7, RLENGTH - 8) : "?" }
/^message>/ && failed != "" { inside = 1; said = "" }
/^\/message>/ && inside {
  print "== FAILED: " failed
  count = split(said, lines, "\n")
  for (i = 1; i <= count && i <= most; i++) print "       " lines[i]
  failed = ""
  inside = 0
}
inside {
  text = $0
  if (!sub(/^message>/, "", text) && !sub(/^!\[CDATA\[/, "", text)) text = "<" text
  sub(/\]\]>$/, "", text)
  said = said text
}
