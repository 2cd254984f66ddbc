-- Removes members of an index. KEYS: the index. ARGV: '1' = only when all are there, how many, the members. Answers how many were there.
-- needs: spread
--[[ check ]]
local first, last = a + 2, a + 1 + A[a + 1]
if A[a] == '1' then
  for from = first, last, 4000 do
    for _, score in ipairs(call('ZMSCORE', K[k], unpack(A, from, math.min(from + 3999, last)))) do
      if not score then
        return { 1, o - 1, '' }
      end
    end
  end
end
k, a = k + 1, last + 1
--[[ apply ]]
local last = a + 1 + A[a + 1]
out = out + 1
answer[out] = spread('ZREM', K[k], A, a + 2, last)
k, a = k + 1, last + 1
