-- Removes the members of an index whose score lies in a range. KEYS: the index. ARGV: lowest and highest score. Answers how many were removed.
--[[ check ]]
k, a = k + 1, a + 2
--[[ apply ]]
out = out + 1
answer[out] = call('ZREMRANGEBYSCORE', K[k], A[a], A[a + 1])
k, a = k + 1, a + 2
