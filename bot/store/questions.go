package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
)

// Ask keeps an asking of a question and puts out posts, in one step. A question that is not there yet is made as q, and
// is Pending; one that is there must be open ([ErrClosed]). [ErrAlready] means that this user asks it already.
func (s *Store) Ask(ctx context.Context, q Question, a Asking, posts ...Post) error {
	return s.write(ctx, "keep a question", func(tx *sql.Tx) error {
		by, err := person(ctx, tx, q.Server, a.User)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO questions (id, server, person, text, receipt, reason, state, asked_ms, last_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (id) DO NOTHING`,
			q.ID, q.Server, by, plain(q.Text), q.Receipt, plain(q.Reason), string(Pending), ms(a.At))
		if err != nil {
			return err
		}
		if err := s.join(ctx, tx, q, a, by); err != nil {
			return err
		}
		return s.put(ctx, tx, posts)
	})
}

// join adds an asking to a question that is there.
func (s *Store) join(ctx context.Context, tx *sql.Tx, q Question, a Asking, by string) error {
	there, err := s.open(ctx, tx, q.ID)
	if err != nil {
		return err
	}
	if there.Server != q.Server {
		return ErrNotFound
	}
	if waits, err := waiting(ctx, tx, q.ID, by); err != nil || waits {
		return cmp.Or(err, ErrAlready)
	}
	_, err = exec(ctx, tx, `INSERT INTO askings (id, question, server, user_id, person, receipt, text, at_ms, channel, message, openly, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		a.ID, q.ID, q.Server, a.User, by, a.Receipt, plain(a.Text), ms(a.At), a.Where.Channel, a.Where.ID, a.Open, false)
	if err != nil {
		return err
	}
	return recount(ctx, tx, q.ID)
}

// waiting reports whether a person asks a question and was not told yet.
func waiting(ctx context.Context, tx *sql.Tx, question, person string) (bool, error) {
	n, err := one(ctx, tx, value[int], `SELECT count(*) FROM askings WHERE question = $1 AND person = $2 AND NOT told`, question, person)
	return n > 0, err
}

// recount sets by how many a question was asked, and when, from its askings.
func recount(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := exec(ctx, tx, `UPDATE questions SET
		count = (SELECT count(DISTINCT person) FROM askings WHERE question = $1),
		asked_ms = coalesce((SELECT min(at_ms) FROM askings WHERE question = $1), asked_ms),
		last_ms = coalesce((SELECT max(at_ms) FROM askings WHERE question = $1), last_ms)
		WHERE id = $1`, id)
	return err
}

const questionColumns = `id, server, text, receipt, reason, state, round, count, asked_ms, last_ms, closed_ms, by_user, by_name, remark, post_channel, post_message`

func scanQuestion(row row) (q Question, err error) {
	err = row.Scan(&q.ID, &q.Server, &q.Text, &q.Receipt, &q.Reason, (*string)(&q.State), &q.Round, &q.Count, at(&q.Asked), at(&q.Last),
		at(&q.Closed), &q.By.User, &q.By.Name, &q.Remark, &q.Post.Channel, &q.Post.ID)
	return q, err
}

const askingColumns = `id, question, user_id, receipt, text, at_ms, channel, message, openly, told`

func scanAsking(row row) (a Asking, err error) {
	err = row.Scan(&a.ID, &a.Question, &a.User, &a.Receipt, &a.Text, at(&a.At), &a.Where.Channel, &a.Where.ID, &a.Open, &a.Told)
	return a, err
}

// question reads a question that nobody else can change before the transaction ends.
func (s *Store) question(ctx context.Context, tx *sql.Tx, id string) (Question, error) {
	return one(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM questions WHERE id = $1`+s.forUpdate(), id)
}

// open is question for one that has to be open.
func (s *Store) open(ctx context.Context, tx *sql.Tx, id string) (Question, error) {
	q, err := s.question(ctx, tx, id)
	if err == nil && q.State != Pending {
		err = ErrClosed
	}
	return q, err
}

// askings reads who asks a question, oldest first.
func askings(ctx context.Context, tx *sql.Tx, question string) ([]Asking, error) {
	return list(ctx, tx, scanAsking, `SELECT `+askingColumns+` FROM askings WHERE question = $1 ORDER BY at_ms, id`, question)
}

// Question returns a question with its askings.
func (s *Store) Question(ctx context.Context, id string) (q Question, err error) {
	err = s.read(ctx, "find a question", func(tx *sql.Tx) (err error) {
		q, err = one(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM questions WHERE id = $1`, id)
		if err != nil {
			return err
		}
		q.Askings, err = askings(ctx, tx, id)
		return err
	})
	return q, err
}

// Questions lists a server's questions in a state, oldest first, at most n; server "*" is every server.
func (s *Store) Questions(ctx context.Context, server string, state State, n int) (found []Question, err error) {
	where, args := `state = $1`, []any{string(state), n}
	if server != "*" {
		where, args = where+` AND server = $3`, append(args, server)
	}
	err = s.read(ctx, "list questions", func(tx *sql.Tx) (err error) {
		found, err = list(ctx, tx, scanQuestion, `SELECT `+questionColumns+` FROM questions WHERE `+where+` ORDER BY asked_ms, id LIMIT $2`, args...)
		return err
	})
	return found, err
}

// AskedBy lists what a user asks in a server and was not told yet, oldest first.
func (s *Store) AskedBy(ctx context.Context, server, user string) (asked []Asking, err error) {
	err = s.read(ctx, "list what somebody asks", func(tx *sql.Tx) error {
		by, err := known(ctx, tx, server, user)
		if err != nil {
			return unlessNotFound(err)
		}
		asked, err = list(ctx, tx, scanAsking, `SELECT `+askingColumns+` FROM askings
			WHERE person = $1 AND NOT told ORDER BY at_ms, id`, by)
		return err
	})
	return asked, err
}

// Asks reports whether a user asks a question, or did; ErrNotFound if there is none.
func (s *Store) Asks(ctx context.Context, question, user string) (asks bool, err error) {
	err = s.read(ctx, "look who asks a question", func(tx *sql.Tx) error {
		server, err := one(ctx, tx, value[string], `SELECT server FROM questions WHERE id = $1`, question)
		if err != nil {
			return err
		}
		by, err := known(ctx, tx, server, user)
		if err != nil {
			return unlessNotFound(err)
		}
		asks, err = one(ctx, tx, value[bool], `SELECT EXISTS (SELECT 1 FROM askings WHERE question = $1 AND person = $2)`, question, by)
		return err
	})
	return asks, err
}

// unlessNotFound is for those to whom nothing found is an answer.
func unlessNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Withdraw ends an asking that was not told yet, of that user only ([ErrNotFound]), and drops what was due to be told
// to them, and puts out posts. A question that nobody asks any more is Withdrawn.
func (s *Store) Withdraw(ctx context.Context, asking, user string, posts ...Post) (q Question, err error) {
	err = s.write(ctx, "withdraw a question", func(tx *sql.Tx) (err error) {
		q, err = s.withdraw(ctx, tx, asking, user, posts)
		return err
	})
	return q, err
}

func (s *Store) withdraw(ctx context.Context, tx *sql.Tx, asking, user string, posts []Post) (Question, error) {
	of, err := one(ctx, tx, value[string], `SELECT question FROM askings WHERE id = $1`, asking)
	if err != nil {
		return Question{}, err
	}
	q, err := s.question(ctx, tx, of)
	if err != nil {
		return Question{}, err
	}
	if err := s.leave(ctx, tx, q, asking, user); err != nil {
		return Question{}, err
	}
	if err := s.unasked(ctx, tx, of); err != nil {
		return Question{}, err
	}
	if err := s.put(ctx, tx, posts); err != nil {
		return Question{}, err
	}
	return s.question(ctx, tx, of)
}

// leave deletes an asking that is the user's, and drops what was due to be told to them.
func (s *Store) leave(ctx context.Context, tx *sql.Tx, q Question, asking, user string) error {
	by, err := known(ctx, tx, q.Server, user)
	if err != nil {
		return err
	}
	n, err := exec(ctx, tx, `DELETE FROM askings WHERE id = $1 AND question = $2 AND person = $3 AND NOT told`, asking, q.ID, by)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `UPDATE posts SET state = 'dropped', user_id = '', ended_ms = $2
		WHERE asking = $1 AND state IN ('due', 'taken', 'held')`, asking, ms(s.now()))
	return err
}

// unasked counts a question's askings after some have gone, and makes it Withdrawn if it is open and nobody waits for it.
func (s *Store) unasked(ctx context.Context, tx *sql.Tx, id string) error {
	if err := recount(ctx, tx, id); err != nil {
		return err
	}
	_, err := exec(ctx, tx, `UPDATE questions SET state = $2, closed_ms = $3 WHERE id = $1 AND state = $4
		AND NOT EXISTS (SELECT 1 FROM askings a WHERE a.question = $1 AND NOT a.told)`,
		id, string(Withdrawn), ms(s.now()), string(Pending))
	return err
}
