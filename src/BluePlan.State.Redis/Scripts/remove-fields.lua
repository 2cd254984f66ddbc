-- Removes fields of a map. KEYS: the map. ARGV: how many, the names. Answers how many were there.
-- needs: spread
--[[ check ]]
k, a = k + 1, a + 1 + tonumber(A[a])
--[[ apply ]]
local n = tonumber(A[a])
out = out + 1
answer[out] = spread('HDEL', K[k], A, a + 1, a + n)
if answer[out] > 0 and call('HLEN', K[k]) == 1 then
  call('UNLINK', K[k])
end
k, a = k + 1, a + 1 + n
