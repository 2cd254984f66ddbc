-- Removes members of an index. KEYS: the index. ARGV: how many, the members. Answers how many were there.
-- needs: spread
--[[ check ]]
k, a = k + 1, a + 1 + tonumber(A[a])
--[[ apply ]]
local n = tonumber(A[a])
out = out + 1
answer[out] = spread('ZREM', K[k], A, a + 1, a + n)
k, a = k + 1, a + 1 + n
