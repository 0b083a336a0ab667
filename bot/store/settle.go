package store

import (
	"context"
	"database/sql"
)

// Settle closes an open question, or returns [ErrClosed]: then [Store.Question] tells who was first. It keeps the answer
// if there is one, in place of one from a round before, and puts out posts together with what tell makes for every asking
// that was not told yet, and what correct makes of every Told post about the answer before, see [Store.Revise]. Both must
// only compute, and may return the zero Post for nothing to say.
func (s *Store) Settle(ctx context.Context, id string, to State, by Actor, remark string, answer *TeamAnswer, tell func(Question, Asking) Post, correct func(told Post, version int) Post, posts ...Post) error {
	return s.write(ctx, "close a question", func(tx *sql.Tx) error {
		q, err := s.closed(ctx, tx, id, to, by, remark)
		if err != nil {
			return err
		}
		if answer != nil {
			if err := s.answer(ctx, tx, q, *answer, correct); err != nil {
				return err
			}
		}
		all, err := askings(ctx, tx, id)
		if err != nil {
			return err
		}
		out := posts[:len(posts):len(posts)]
		for _, a := range all {
			if a.Told || tell == nil {
				continue
			}
			if p := tell(q, a); p.Key != "" {
				out = append(out, p)
			}
		}
		return s.put(ctx, tx, out)
	})
}

// closed closes an open question, notes who did, and returns it as it is then.
func (s *Store) closed(ctx context.Context, tx *sql.Tx, id string, to State, by Actor, remark string) (Question, error) {
	q, err := s.open(ctx, tx, id)
	if err != nil {
		return Question{}, err
	}
	q.State, q.By, q.Remark, q.Closed = to, by, plain(remark), moment(ms(s.now()))
	_, err = exec(ctx, tx, `UPDATE questions SET state = $2, by_user = $3, by_name = $4, remark = $5, closed_ms = $6 WHERE id = $1`,
		id, string(to), by.User, plain(by.Name), q.Remark, ms(q.Closed))
	if err != nil {
		return Question{}, err
	}
	return q, s.act(ctx, tx, q.Server, by, string(to), id)
}

// Merge makes an open question a Duplicate of another open one of the same server, which takes over its askings, one per
// user. It returns [ErrClosed] if one of them is not open, [ErrNotFound] if they are of two servers, or the same.
func (s *Store) Merge(ctx context.Context, id, into string, by Actor, posts ...Post) error {
	return s.write(ctx, "merge questions", func(tx *sql.Tx) error {
		// Both in one order, so that two who merge them the other way round do not wait for each other.
		first, err := s.open(ctx, tx, min(id, into))
		if err != nil {
			return err
		}
		second, err := s.open(ctx, tx, max(id, into))
		if err != nil {
			return err
		}
		if id == into || first.Server != second.Server {
			return ErrNotFound
		}
		if _, err := s.closed(ctx, tx, id, Duplicate, by, into); err != nil {
			return err
		}
		if err := move(ctx, tx, id, into); err != nil {
			return err
		}
		return s.put(ctx, tx, posts)
	})
}

// move gives a question's askings to another one, but for those of people who wait for that one already.
func move(ctx context.Context, tx *sql.Tx, id, into string) error {
	_, err := exec(ctx, tx, `DELETE FROM askings WHERE question = $1 AND NOT told
		AND person IN (SELECT person FROM askings WHERE question = $2 AND NOT told)`, id, into)
	if err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `UPDATE askings SET question = $2 WHERE question = $1`, id, into); err != nil {
		return err
	}
	return recount(ctx, tx, into)
}

// Reopen opens a question again for one asking, which is from user and waits to be told once more. q is as it was read:
// [ErrChanged] if its round is another by now. Whoever comes after the first of a round joins them; [ErrAlready] means
// that this asking waits already. An answer of the team to it stays.
func (s *Store) Reopen(ctx context.Context, q Question, asking, user string, posts ...Post) error {
	return s.write(ctx, "reopen a question", func(tx *sql.Tx) error {
		now, err := s.question(ctx, tx, q.ID)
		if err != nil {
			return err
		}
		if now.Round != q.Round {
			return ErrChanged
		}
		if err := s.await(ctx, tx, now, asking, user); err != nil {
			return err
		}
		if now.State != Pending {
			_, err = exec(ctx, tx, `UPDATE questions SET state = $2, round = round + 1, closed_ms = 0, by_user = '', by_name = '', remark = ''
				WHERE id = $1`, q.ID, string(Pending))
		}
		if err != nil {
			return err
		}
		return s.put(ctx, tx, posts)
	})
}

// await makes an asking wait to be told once more.
func (s *Store) await(ctx context.Context, tx *sql.Tx, q Question, asking, user string) error {
	by, err := known(ctx, tx, q.Server, user)
	if err != nil {
		return err
	}
	a, err := one(ctx, tx, scanAsking, `SELECT `+askingColumns+` FROM askings WHERE id = $1 AND question = $2 AND person = $3`, asking, q.ID, by)
	if err != nil {
		return err
	}
	waits, err := waiting(ctx, tx, q.ID, by)
	if err != nil {
		return err
	}
	if waits && (q.State == Pending || a.Told) {
		return ErrAlready
	}
	_, err = exec(ctx, tx, `UPDATE askings SET told = $2, user_id = $3 WHERE id = $1`, asking, false, user)
	return err
}
