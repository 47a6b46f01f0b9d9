# What ./test shows of a runner's output: names, figures, and the whole of what failed. A passing test's logs are kept in
# artifacts/test-results.
# A log's lines may begin as a failure's do (.NET's console indents by six), so they count only below the name of a test that failed.

# Prints at once: the lines go through a pipe.
function show(line) { print line; fflush() }

/^    \[D::/ { sub(/^    \[D::[^]]*\] */, "    "); show($0); next }
/^    [^ ].* \[(FAIL|SKIP)\]$/ { inside = 1; show($0); next }
/^   [^ ].* Total: [0-9]+/ { inside = 0; show($0); next }
/^(Unhandled exception|Fatal error)/ { crashed = 1 }
crashed { show($0); next }
inside && /^      / { show($0); next }
inside && !/^ *$/ { inside = 0 }
