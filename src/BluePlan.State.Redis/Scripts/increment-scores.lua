-- Adds to scores of an index. KEYS: the index. ARGV: how many, then what to add and members in turn.
-- needs: spread
--[[ check ]]
local n, write = tonumber(A[a]), {}
for i = a + 1, a + 2 * n, 2 do
  local sum = (tonumber(call('ZSCORE', K[k], A[i + 1]) or 0)) + A[i]
  if sum > top or sum < -top then
    failure = failure or { 2, o - 1 }
  end
  write[#write + 1] = format('%.0f', sum)
  write[#write + 1] = A[i + 1]
end
memo[o] = write
k, a = k + 1, a + 1 + 2 * n
--[[ apply ]]
spread('ZADD', K[k], memo[o], 1, #memo[o])
k, a = k + 1, a + 1 + 2 * tonumber(A[a])
