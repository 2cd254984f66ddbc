-- The bounds of counters of a map, and behind them what is added. KEYS: the map. ARGV: how many arguments the bounds have, for each bound its maximum, the counter's place in
-- bytes, what is added to its sum, how many fields, and the fields; then the arguments of increment-fields.
-- An unmet bound answers its position and the sum besides.
-- needs: spread sum
-- then: increment-fields
--[[ check ]]
local stop, bound = a + A[a], 0
a = a + 1
while a <= stop do
  local place, added, names, last = A[a + 1] + 2, A[a + 2] + 0, a + 4, a + 3 + A[a + 3]
  local total = 0
  for from = names, last, 4000 do
    local was = added > 0 and call('HMGET', K[k], unpack(A, from, math.min(from + 3999, last))) or {}
    for i = 1, #was do
      local value = was[i]
      if value and total then
        if byte(value) ~= 1 then
          failure, total = failure or { 3, o - 1 }, nil
        elseif #value > place then
          total = total + depack('<d', value, place)
          if total > top or total < -top then
            failure, total = failure or { 2, o - 1 }, nil
          end
        end
      end
    end
  end
  if added > 0 and total and added > A[a] - total then
    return { 1, o - 1, '', bound, format('%.0f', total) }
  end
  bound, a = bound + 1, last + 1
end
--[[ apply ]]
a = a + 1 + A[a]
