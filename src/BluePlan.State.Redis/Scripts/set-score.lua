-- Gives one member of an index a score. KEYS: the index. ARGV: score and member.
--[[ check ]]
k, a = k + 1, a + 2
--[[ apply ]]
call('ZADD', K[k], A[a], A[a + 1])
k, a = k + 1, a + 2
