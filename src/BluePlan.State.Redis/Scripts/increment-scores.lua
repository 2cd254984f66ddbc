-- Adds to scores of an index. KEYS: the index. ARGV: how many, then what to add and members in turn.
-- needs: spread
--[[ check ]]
local last = a + 2 * A[a]
for from = a + 2, last, 8000 do
  local names = {}
  for i = from, math.min(from + 7998, last), 2 do
    names[#names + 1] = A[i]
  end
  for i, old in ipairs(call('ZMSCORE', K[k], unpack(names))) do
    local at = from + 2 * i - 2
    local score = (old or 0) + A[at - 1]
    if score > top or score < -top then
      failure = failure or { 2, o - 1 }
    end
    todo[n + 1], todo[n + 2] = format('%.0f', score), A[at]
    n = n + 2
  end
end
k, a = k + 1, last + 1
--[[ apply ]]
local m = 2 * A[a]
spread('ZADD', K[k], todo, r + 1, r + m)
r = r + m
k, a = k + 1, a + 1 + m
