-- ingest: Write a batch of events once; says which were new, their chats and messages, and which chats were woken.
SELECT fresh, chats, messages, woken, waits_s FROM ingest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23);
