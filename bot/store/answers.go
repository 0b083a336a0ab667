package store

import (
	"context"
	"database/sql"
)

// answer keeps what the team says to a question, in place of what it said in a round before.
func (s *Store) answer(ctx context.Context, tx *sql.Tx, q Question, a TeamAnswer, correct func(Post, int) Post) error {
	version, err := one(ctx, tx, value[int], `INSERT INTO answers (id, server, question, text, source, passage, by_user, by_name, at_ms, edited_ms, until_ms, version, withdrawn)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 1, $11)
		ON CONFLICT (id) DO UPDATE SET question = excluded.question, text = excluded.text, source = excluded.source, passage = excluded.passage,
			by_user = excluded.by_user, by_name = excluded.by_name, at_ms = excluded.at_ms, edited_ms = 0, until_ms = excluded.until_ms,
			version = answers.version + 1, withdrawn = excluded.withdrawn RETURNING version`,
		q.ID, q.Server, plain(a.Question), plain(a.Text), plain(a.Source), a.Passage, a.By.User, plain(a.By.Name), ms(a.At), ms(a.Until), a.Withdrawn)
	if err != nil || version == 1 {
		return err
	}
	return s.correct(ctx, tx, q.ID, version, correct, nil)
}

const answerColumns = `id, server, question, text, source, passage, by_user, by_name, at_ms, edited_ms, until_ms, version, withdrawn`

func scanAnswer(row row) (a TeamAnswer, err error) {
	err = row.Scan(&a.ID, &a.Server, &a.Question, &a.Text, &a.Source, &a.Passage, &a.By.User, &a.By.Name,
		at(&a.At), at(&a.Edited), at(&a.Until), &a.Version, &a.Withdrawn)
	return a, err
}

// TeamAnswer returns an answer, also one that no longer counts.
func (s *Store) TeamAnswer(ctx context.Context, id string) (a TeamAnswer, err error) {
	err = s.read(ctx, "find an answer of the team", func(tx *sql.Tx) (err error) {
		a, err = one(ctx, tx, scanAnswer, `SELECT `+answerColumns+` FROM answers WHERE id = $1`, id)
		return err
	})
	return a, err
}

// TeamAnswers lists the answers of a server that count now, newest first. One without an end counts until it is withdrawn.
func (s *Store) TeamAnswers(ctx context.Context, server string) (found []TeamAnswer, err error) {
	err = s.read(ctx, "list answers of the team", func(tx *sql.Tx) (err error) {
		found, err = list(ctx, tx, scanAnswer, `SELECT `+answerColumns+` FROM answers
			WHERE server = $1 AND NOT withdrawn AND (until_ms = 0 OR until_ms > $2) ORDER BY at_ms DESC, id DESC`, server, ms(s.now()))
		return err
	})
	return found, err
}

// Revise changes text, source, passage, Until or Withdrawn of an answer, or returns [ErrChanged] if its version is not
// a.Version. It puts out posts together with what correct makes of every Told post about it that was sent, given the version that it has then; correct must
// only compute, and may return the zero Post. An answer that only counts for longer is not an edited one.
func (s *Store) Revise(ctx context.Context, a TeamAnswer, by Actor, correct func(told Post, version int) Post, posts ...Post) error {
	return s.write(ctx, "change an answer of the team", func(tx *sql.Tx) error {
		before, err := one(ctx, tx, scanAnswer, `SELECT `+answerColumns+` FROM answers WHERE id = $1`+s.forUpdate(), a.ID)
		if err != nil {
			return err
		}
		if before.Version != a.Version {
			return ErrChanged
		}
		edited, what := before.Edited, "confirmed"
		switch {
		case a.Withdrawn != before.Withdrawn && a.Withdrawn:
			what = "withdrawn"
		case a.Text != before.Text || a.Source != before.Source || a.Passage != before.Passage:
			edited, what = s.now(), "edited"
		}
		_, err = exec(ctx, tx, `UPDATE answers SET text = $2, source = $3, passage = $4, until_ms = $5, withdrawn = $6, edited_ms = $7,
			version = version + 1 WHERE id = $1`, a.ID, plain(a.Text), plain(a.Source), a.Passage, ms(a.Until), a.Withdrawn, ms(edited))
		if err != nil {
			return err
		}
		if err := s.act(ctx, tx, before.Server, by, what, a.ID); err != nil {
			return err
		}
		return s.correct(ctx, tx, a.ID, a.Version+1, correct, posts)
	})
}

// correct puts out posts, and one for everybody who was told an answer, to the question itself or to a duplicate of it, and
// does not wait to be told once more.
func (s *Store) correct(ctx context.Context, tx *sql.Tx, id string, version int, correct func(Post, int) Post, posts []Post) error {
	told, err := list(ctx, tx, scanPost, `SELECT `+postColumns+` FROM posts
		WHERE kind = $2 AND state = 'sent' AND (subject = $1 OR subject IN (SELECT id FROM questions WHERE state = 'duplicate' AND remark = $1))
		AND NOT EXISTS (SELECT 1 FROM askings a WHERE a.id = posts.asking AND NOT a.told) ORDER BY since_ms, key`, id, Told)
	if err != nil {
		return err
	}
	out := posts[:len(posts):len(posts)]
	for _, p := range told {
		if correct == nil {
			continue
		}
		if c := correct(p, version); c.Key != "" {
			out = append(out, c)
		}
	}
	return s.put(ctx, tx, out)
}
