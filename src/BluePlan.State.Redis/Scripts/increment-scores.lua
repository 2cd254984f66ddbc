-- Adds to scores of an index. KEYS: the index. ARGV: how many, then what to add and members in turn.
-- needs: spread
--[[ check ]]
local last = a + 2 * A[a]
for i = a + 1, last, 2 do
  local score = (call('ZSCORE', K[k], A[i + 1]) or 0) + A[i]
  if score > top or score < -top then
    failure = failure or { 2, o - 1 }
  end
  todo[n + 1], todo[n + 2] = format('%.0f', score), A[i + 1]
  n = n + 2
end
k, a = k + 1, last + 1
--[[ apply ]]
local m = 2 * A[a]
spread('ZADD', K[k], todo, r + 1, r + m)
r = r + m
k, a = k + 1, a + 1 + m
