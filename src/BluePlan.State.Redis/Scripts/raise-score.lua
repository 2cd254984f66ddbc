-- Raises the score of one member of an index. KEYS: the index. ARGV: score and member.
--[[ check ]]
k, a = k + 1, a + 2
--[[ apply ]]
call('ZADD', K[k], 'GT', A[a], A[a + 1])
k, a = k + 1, a + 2
