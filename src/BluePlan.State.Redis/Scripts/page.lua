-- Reads members of an index and the documents that they name. KEYS: the index.
-- ARGV: what the documents' names begin with, how many at most, '1' = descending, then perhaps score and member of the
-- place to begin behind.
-- The documents have the hash tag of the index. Only here it is known which they are, so they cannot be declared; see
-- PageReads.
-- Answers nothing when the index is absent, else {number of members, deadline in Unix milliseconds, members and scores
-- in turn, what peek answers of each document}. When the documents are so big that the server would hold too much at
-- once, it answers the first only, at least one.
-- needs: deadline index-range peek-document
local key = KEYS[1]
local length = redis.call('ZCARD', key)
if length == 0 then
  return false
end
local members = range(key, length, 0, length, tonumber(ARGV[2]), ARGV[3] == '1', ARGV[4], ARGV[5])
local documents, bytes = {}, 0
for i = 1, #members / 2 do
  local document = peek(ARGV[1] .. members[2 * i - 1], false)
  documents[i] = document
  bytes = bytes + (document and #document[1] or 0)
  if bytes >= 4194304 then
    break
  end
end
return { length, deadline(key), members, documents }
