-- A condition alone, but for that the key is there. KEYS: the key, of a log its hash.
-- ARGV: shape (d, m, l, x), 'a' = absent, of a document also the 16 bytes of the ETag that it must have.
--[[ check ]]
local wanted = A[a + 1]
if A[a] == 'd' then
  local etag = sub(call('GETRANGE', K[k], '0', '16'), 2)
  if wanted == 'a' and etag ~= '' or wanted ~= 'a' and etag ~= wanted then
    return { 1, o - 1, etag }
  end
elseif call('EXISTS', K[k]) == 1 then
  return { 1, o - 1, '' }
end
k, a = k + 1, a + 2
--[[ apply ]]
k, a = k + 1, a + 2
