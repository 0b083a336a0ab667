package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

const (
	dayFor     = 24 * time.Hour      // an event is not sent twice after that, and no call of the model still goes on
	usersFor   = 90 * 24 * time.Hour // somebody who could not be told in that time will not be
	serversFor = 30 * 24 * time.Hour // who comes back before that finds everything
	spentFor   = 31 * 24 * time.Hour // a server can look back a month
)

// Tidy deletes what is over: receipts, verdicts, posts that were sent, closed questions, team answers that ended and
// audit entries older than keep; what servers spent before that, or a month; events, reservations and what people spent,
// older than a day; texts that nothing refers to; the ids of users whom nobody could tell for ninety days; and all of
// servers that were left more than thirty days ago. It returns how many rows went.
func (s *Store) Tidy(ctx context.Context, keep time.Duration) (gone int, err error) {
	now := s.now()
	for _, step := range []struct {
		statements []string
		before     time.Time
	}{
		{overServers, now.Add(-serversFor)},
		{overDay, now.Add(-dayFor)},
		{overUsers, now.Add(-usersFor)},
		{overSpending, now.Add(-max(keep, spentFor))},
		{over, now.Add(-keep)},
	} {
		for _, statement := range step.statements { // each alone, so that answers can be remembered in between
			n, err := s.tidy(ctx, []string{statement}, step.before)
			if err != nil {
				return gone, err
			}
			gone += n
		}
	}
	n, err := s.tidyTexts(ctx, now.Add(-keep))
	s.scrub(ctx)
	return gone + n, err
}

func (s *Store) tidy(ctx context.Context, statements []string, before time.Time) (gone int, err error) {
	err = s.write(ctx, "tidy up", func(tx *sql.Tx) (err error) {
		gone, err = sweep(ctx, tx, statements, ms(before))
		return err
	})
	return gone, err
}

const leftServers = ` WHERE server IN (SELECT server FROM servers WHERE left_ms > 0 AND left_ms < $1)`

// What is over of servers that were left before $1. The secret goes last: until then it can be done again.
var overServers = []string{
	`DELETE FROM posts` + leftServers,
	`DELETE FROM receipts` + leftServers,
	`DELETE FROM verdicts` + leftServers,
	`DELETE FROM askings` + leftServers,
	`DELETE FROM questions` + leftServers,
	`DELETE FROM answers` + leftServers,
	`DELETE FROM digests` + leftServers,
	`DELETE FROM deliveries` + leftServers,
	`DELETE FROM spending` + leftServers,
	`DELETE FROM faults` + leftServers,
	`DELETE FROM mutes` + leftServers,
	`DELETE FROM acts` + leftServers,
	`DELETE FROM setups` + leftServers,
	`DELETE FROM servers` + leftServers,
}

// What is over after a day. A person has limits of the day alone.
var overDay = []string{
	`DELETE FROM events WHERE at_ms < $1`,
	`DELETE FROM reservations WHERE at_ms < $1`,
	`DELETE FROM spending WHERE scope = 'person' AND day_ms < $1`,
}

var overSpending = []string{`DELETE FROM spending WHERE day_ms < $1`}

// Whose ids are over: a post to them can no longer be sent, and an asking is still known by their hash.
var overUsers = []string{
	`DELETE FROM posts WHERE user_id <> '' AND since_ms < $1`,
	`UPDATE askings SET user_id = '' WHERE user_id <> '' AND at_ms < $1`,
}

// What else was over before $1. What somebody was told is needed as long as the answer can be corrected, and a
// question as long as it has an answer, or somebody who was not told.
var over = []string{
	`DELETE FROM verdicts WHERE given_ms < $1`,
	`DELETE FROM receipts WHERE at_ms < $1`,
	`DELETE FROM answers WHERE withdrawn AND edited_ms < $1 AND at_ms < $1 OR until_ms > 0 AND until_ms < $1`,
	`DELETE FROM questions WHERE closed_ms > 0 AND closed_ms < $1 AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.id = questions.id)
		AND NOT EXISTS (SELECT 1 FROM askings a WHERE a.question = questions.id AND NOT a.told AND a.user_id <> '')`,
	`DELETE FROM posts WHERE ended_ms > 0 AND ended_ms < $1
		AND NOT (kind = 'told' AND EXISTS (SELECT 1 FROM answers a WHERE a.id = posts.subject))`,
	`DELETE FROM acts WHERE at_ms < $1`,
}

// tidyTexts deletes the texts that no receipt refers to and that were not the folder's at any moment since before.
func (s *Store) tidyTexts(ctx context.Context, before time.Time) (gone int, err error) {
	err = s.write(ctx, "tidy up the texts", func(tx *sql.Tx) error {
		if err := s.alone(ctx, tx); err != nil {
			return err
		}
		var err error
		if gone, err = sweep(ctx, tx, overReadings, ms(before)); err != nil {
			return err
		}
		n, err := sweep(ctx, tx, overSnapshots)
		if err != nil || n == 0 {
			return err
		}
		gone += n
		n, err = tidyBodies(ctx, tx)
		gone += n
		return err
	})
	return gone, err
}

// A reading is over when a later one was there before $1 already, unless a receipt says when it was.
var overReadings = []string{`DELETE FROM readings WHERE at_ms < $1
	AND EXISTS (SELECT 1 FROM readings r WHERE r.at_ms <= $1 AND r.number > readings.number)
	AND NOT EXISTS (SELECT 1 FROM receipts a WHERE a.revision = readings.revision)
	AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.revision = readings.revision AND d.until_ms >= $1)`}

var overSnapshots = []string{`DELETE FROM snapshots
	WHERE NOT EXISTS (SELECT 1 FROM readings r WHERE r.revision = snapshots.revision)
	AND NOT EXISTS (SELECT 1 FROM receipts a WHERE a.revision = snapshots.revision)`}

// tidyBodies deletes the texts that no manifest lists.
func tidyBodies(ctx context.Context, tx *sql.Tx) (gone int, err error) {
	manifests, err := list(ctx, tx, value[string], `SELECT manifest FROM snapshots`)
	if err != nil {
		return 0, err
	}
	listedAt := map[string]bool{}
	for _, text := range manifests {
		var manifest []listed
		if err := json.Unmarshal([]byte(text), &manifest); err != nil {
			return 0, fmt.Errorf("read the list of texts: %w", err)
		}
		for _, l := range manifest {
			listedAt[l.Hash] = true
		}
	}
	kept, err := list(ctx, tx, value[string], `SELECT hash FROM bodies`)
	if err != nil {
		return 0, err
	}
	for _, hash := range kept {
		if listedAt[hash] {
			continue
		}
		if _, err := exec(ctx, tx, `DELETE FROM bodies WHERE hash = $1`, hash); err != nil {
			return 0, err
		}
		gone++
	}
	return gone, nil
}
