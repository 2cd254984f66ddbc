-- Reads a document and slides it. KEYS: the document.
-- ARGV: '1' = its head only, idle time in milliseconds ('' = its own), the ETag that it must have ('' = any).
-- needs: touch-document
return touch(KEYS[1], ARGV[1] == '1', ARGV[2], ARGV[3])
