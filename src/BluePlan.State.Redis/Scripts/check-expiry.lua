-- A condition alone: the document is there, does not slide, and expires at an instant. KEYS: the document. ARGV: the instant in Unix milliseconds, '' = never.
-- Where the instant does not stand in the header the TTL tells it, on Redis 6.2 to a millisecond.
-- needs: deadline
--[[ check ]]
local head, met = call('GETRANGE', K[k], '0', '32'), false
local kind = byte(head)
if kind == 16 then
  met = A[a] == ''
elseif A[a] ~= '' and kind == 18 then
  met = depack('<d', head, 26) == tonumber(A[a])
elseif A[a] ~= '' and kind == 19 then
  met = math.abs(deadline(K[k]) - A[a]) <= 2
end
if not met then
  return { 1, o - 1, sub(head, 2, 17) }
end
k, a = k + 1, a + 1
--[[ apply ]]
k, a = k + 1, a + 1
