package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Put puts out posts; those whose key is there already are left out. It returns how many are new.
func (s *Store) Put(ctx context.Context, posts ...Post) (fresh int, err error) {
	err = s.write(ctx, "put out a post", func(tx *sql.Tx) (err error) {
		fresh, err = s.insert(ctx, tx, posts)
		return err
	})
	if err != nil {
		return 0, err
	}
	return fresh, nil
}

// put is insert for those who do not ask how many are new.
func (s *Store) put(ctx context.Context, tx *sql.Tx, posts []Post) error {
	_, err := s.insert(ctx, tx, posts)
	return err
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, posts []Post) (fresh int, err error) {
	now := ms(s.now())
	for _, p := range posts {
		if p.Key == "" {
			return 0, errors.New("a post has no key")
		}
		if _, err := enter(ctx, tx, p.Server); err != nil {
			return 0, err
		}
		n, err := exec(ctx, tx, `INSERT INTO posts (key, kind, subject, asking, number, server, channel, user_id, reply_to, edit, revision, state, due_ms, next_ms, since_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'due', $12, $12, $13) ON CONFLICT (key) DO NOTHING`,
			p.Key, p.Kind, p.Subject, p.Asking, p.Number, p.Server, p.Channel, p.User, p.ReplyTo, p.Edit, p.Revision, cmp.Or(ms(p.Due), now), now)
		if err != nil {
			return 0, err
		}
		fresh += n
	}
	return fresh, nil
}

const postColumns = `key, kind, subject, asking, number, server, channel, user_id, reply_to, edit, revision, due_ms, attempt, since_ms, sent_channel, sent_message, trouble`

func scanPost(row row) (p Post, err error) {
	err = row.Scan(&p.Key, &p.Kind, &p.Subject, &p.Asking, &p.Number, &p.Server, &p.Channel, &p.User, &p.ReplyTo, &p.Edit, &p.Revision,
		at(&p.Due), &p.Attempt, at(&p.Since), &p.Sent.Channel, &p.Sent.ID, &p.Trouble)
	return p, err
}

// Take hands out at most n posts that are due, for as long as lease: nobody else gets them before. Those that are due
// longest come first; those of servers that the bot was removed from stay.
func (s *Store) Take(ctx context.Context, n int, lease time.Duration) ([]Post, error) {
	now := s.now()
	return s.hand(ctx, "take posts", now.Add(lease), `state IN ('due', 'taken') AND next_ms <= $1`, n, ms(now))
}

// Waiting hands out the posts of a server that are held for a user until they can be shown, of every server if it is "",
// their direct messages: what was to go there, and, once the store knows them by their hash alone, what an asking of theirs
// in the server is about.
func (s *Store) Waiting(ctx context.Context, server, user string, lease time.Duration) ([]Post, error) {
	if user == "" {
		return nil, nil
	}
	var by string
	var waits bool
	err := s.read(ctx, "look what waits for somebody", func(tx *sql.Tx) (err error) {
		if by, err = known(ctx, tx, server, user); unlessNotFound(err) != nil {
			return err
		}
		waits, err = one(ctx, tx, value[bool], `SELECT EXISTS (SELECT 1 FROM posts WHERE `+heldFor+`)`, user, by, server)
		return err
	})
	if err != nil || !waits {
		return nil, err // as nearly always: looking keeps nobody from writing
	}
	return s.hand(ctx, "take what waits for somebody", s.now().Add(lease), heldFor, manyPosts, user, by, server)
}

// heldFor is what waits for a user, $1, and for a person by their hash, $2, in a server, $3. What is said twice lets indexes
// be used.
const heldFor = `state = 'held' AND ($3 = '' OR server = $3) AND (user_id <> '' AND user_id = $1
	OR user_id = '' AND channel = '' AND asking <> '' AND asking IN (SELECT id FROM askings WHERE person = $2 AND person <> ''))`

// manyPosts is more than can be shown to somebody at once.
const manyPosts = 100

// hand hands out n posts of those that a condition picks, until a moment.
func (s *Store) hand(ctx context.Context, doing string, until time.Time, where string, n int, args ...any) (posts []Post, err error) {
	err = s.write(ctx, doing, func(tx *sql.Tx) (err error) {
		posts, err = list(ctx, tx, scanPost, fmt.Sprintf(`WITH picked AS MATERIALIZED (
				SELECT key FROM posts WHERE %s
				AND server NOT IN (SELECT server FROM servers WHERE left_ms > 0)
				ORDER BY next_ms LIMIT %d%s)
			UPDATE posts SET state = 'taken', next_ms = %d, attempt = attempt + 1
			WHERE key IN (SELECT key FROM picked) RETURNING `+postColumns, where, n, s.skipLocked(), ms(until)), args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(posts, func(a, b Post) int {
		return cmp.Or(a.Due.Compare(b.Due), a.Since.Compare(b.Since), cmp.Compare(a.Key, b.Key))
	})
	return posts, nil
}

// Sent ends a post that was handed out; [ErrChanged] if the lease ran out and somebody else has it. What it was for is
// done with it: a Posed post is where the team sees its question, and who is told by a Told one is forgotten.
func (s *Store) Sent(ctx context.Context, p Post, at Message) error {
	return s.write(ctx, "note that a post was sent", func(tx *sql.Tx) error {
		if err := s.end(ctx, tx, p, "sent", at); err != nil {
			return err
		}
		switch p.Kind {
		case Daily:
			return s.posted(ctx, tx, p, at)
		case Posed:
			_, err := exec(ctx, tx, `UPDATE questions SET post_channel = $2, post_message = $3 WHERE id = $1`, p.Subject, at.Channel, at.ID)
			return err
		case Told:
			// Not if the question was opened again meanwhile, for the same asking.
			_, err := exec(ctx, tx, `UPDATE askings SET told = $2, user_id = '' WHERE id = $1
				AND EXISTS (SELECT 1 FROM questions q WHERE q.id = askings.question AND q.round = $3)`, p.Asking, true, p.Number)
			return err
		}
		return nil
	})
}

// Drop ends a post that has nothing to say any more.
func (s *Store) Drop(ctx context.Context, p Post) error {
	return s.write(ctx, "drop a post", func(tx *sql.Tx) error { return s.end(ctx, tx, p, "dropped", Message{}) })
}

// end ends a post that the caller still holds.
func (s *Store) end(ctx context.Context, tx *sql.Tx, p Post, state string, at Message) error {
	return held(exec(ctx, tx, `UPDATE posts SET state = $3, sent_channel = $4, sent_message = $5, ended_ms = $6, user_id = '', trouble = ''
		WHERE key = $1 AND attempt = $2 AND state = 'taken'`, p.Key, p.Attempt, state, at.Channel, at.ID, ms(s.now())))
}

// held makes [ErrChanged] of no post changed: the caller no longer holds it.
func held(n int, err error) error {
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// Retry gives a post back, to be handed out again from a moment on. why is kept as its Trouble.
func (s *Store) Retry(ctx context.Context, p Post, at time.Time, why string) error {
	return s.write(ctx, "put off a post", func(tx *sql.Tx) error {
		return held(exec(ctx, tx, `UPDATE posts SET state = 'due', due_ms = $3, next_ms = $3, trouble = $4
			WHERE key = $1 AND attempt = $2 AND state = 'taken'`, p.Key, p.Attempt, ms(at), plain(why)))
	})
}

// Hold gives a post back that cannot be sent until [Store.Release], or until [Store.Waiting] asks for its user's.
func (s *Store) Hold(ctx context.Context, p Post, why string) error {
	return s.write(ctx, "hold a post", func(tx *sql.Tx) error {
		return held(exec(ctx, tx, `UPDATE posts SET state = 'held', trouble = $3
			WHERE key = $1 AND attempt = $2 AND state = 'taken'`, p.Key, p.Attempt, plain(why)))
	})
}

// Release makes a server's held posts to channels due again.
func (s *Store) Release(ctx context.Context, server string) error {
	return s.write(ctx, "release posts", func(tx *sql.Tx) error { return s.release(ctx, tx, server) })
}

func (s *Store) release(ctx context.Context, tx *sql.Tx, server string) error {
	_, err := exec(ctx, tx, `UPDATE posts SET state = 'due', due_ms = $2, next_ms = $2
		WHERE server = $1 AND state = 'held' AND user_id = '' AND (channel <> '' OR asking = '')`, server, ms(s.now()))
	return err
}

// Held lists a server's posts that are held or have failed at least once, oldest first, at most n.
func (s *Store) Held(ctx context.Context, server string, n int) (posts []Post, err error) {
	err = s.read(ctx, "list posts in trouble", func(tx *sql.Tx) (err error) {
		posts, err = list(ctx, tx, scanPost, `SELECT `+postColumns+` FROM posts
			WHERE server = $1 AND (state = 'held' OR state IN ('due', 'taken') AND trouble <> '')
			ORDER BY since_ms, key LIMIT $2`, server, n)
		return err
	})
	return posts, err
}
