package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// listed is a line of a manifest: a passage and the hash of its text.
type listed struct{ ID, Hash string }

// Keep keeps what a folder says now; fresh is false if that is what was kept last.
func (s *Store) Keep(ctx context.Context, snap Snapshot) (fresh bool, err error) {
	err = s.write(ctx, "keep the texts", func(tx *sql.Tx) error {
		if err := s.alone(ctx, tx); err != nil {
			return err
		}
		last, err := one(ctx, tx, value[string], `SELECT revision FROM readings ORDER BY number DESC LIMIT 1`)
		if unlessNotFound(err) != nil {
			return err
		}
		if fresh = err != nil || last != snap.Revision; !fresh {
			return nil
		}
		if err := keepTexts(ctx, tx, snap); err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO readings (number, revision, at_ms)
			SELECT coalesce(max(number), 0) + 1, $1, $2 FROM readings`, snap.Revision, ms(snap.At))
		return err
	})
	return fresh && err == nil, err
}

// alone keeps others from changing the texts until the transaction ends.
func (s *Store) alone(ctx context.Context, tx *sql.Tx) error {
	if !s.postgres {
		return nil // as every transaction that writes
	}
	_, err := exec(ctx, tx, `LOCK TABLE readings IN EXCLUSIVE MODE`)
	return err
}

// keepTexts keeps a revision and those of its texts that are new.
func keepTexts(ctx context.Context, tx *sql.Tx, snap Snapshot) error {
	manifest := make([]listed, len(snap.Passages))
	for i, p := range snap.Passages {
		sum := sha256.Sum256([]byte(p.Body))
		manifest[i] = listed{p.ID, base64.RawURLEncoding.EncodeToString(sum[:])}
		_, err := exec(ctx, tx, `INSERT INTO bodies (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, manifest[i].Hash, p.Body)
		if err != nil {
			return err
		}
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return err // unreachable: strings can be written
	}
	_, err = exec(ctx, tx, `INSERT INTO snapshots (revision, manifest) VALUES ($1, $2) ON CONFLICT (revision) DO NOTHING`, snap.Revision, string(text))
	return err
}

// Snapshot returns what a folder said in a revision, and when it was last read.
func (s *Store) Snapshot(ctx context.Context, revision string) (snap Snapshot, err error) {
	err = s.read(ctx, "find texts", func(tx *sql.Tx) (err error) {
		snap, err = reading(ctx, tx, `WHERE n.revision = $1 ORDER BY r.number DESC LIMIT 1`, revision)
		return err
	})
	return snap, err
}

// SnapshotAt returns what was kept last at or before a moment, or else the first there is.
func (s *Store) SnapshotAt(ctx context.Context, t time.Time) (snap Snapshot, err error) {
	err = s.read(ctx, "find earlier texts", func(tx *sql.Tx) (err error) {
		snap, err = reading(ctx, tx, `WHERE r.at_ms <= $1 ORDER BY r.at_ms DESC, r.number DESC LIMIT 1`, ms(t))
		if errors.Is(err, ErrNotFound) {
			snap, err = reading(ctx, tx, `WHERE r.number IS NOT NULL ORDER BY r.at_ms, r.number LIMIT 1`)
		}
		return err
	})
	return snap, err
}

// reading reads the texts of one reading of a snapshot n, or of one that is known no longer by when it was read.
func reading(ctx context.Context, tx *sql.Tx, which string, args ...any) (Snapshot, error) {
	type found struct {
		Snapshot
		manifest string
	}
	f, err := one(ctx, tx, func(row row) (f found, err error) {
		err = row.Scan(&f.Revision, &f.manifest, at(&f.At))
		return f, err
	}, `SELECT n.revision, n.manifest, coalesce(r.at_ms, 0) FROM snapshots n LEFT JOIN readings r ON r.revision = n.revision `+which, args...)
	if err != nil {
		return Snapshot{}, err
	}
	var manifest []listed
	if err := json.Unmarshal([]byte(f.manifest), &manifest); err != nil {
		return Snapshot{}, fmt.Errorf("read the list of texts: %w", err)
	}
	f.Passages = make([]Kept, len(manifest))
	for i, l := range manifest {
		body, err := one(ctx, tx, value[string], `SELECT body FROM bodies WHERE hash = $1`, l.Hash)
		if err != nil {
			return Snapshot{}, err
		}
		f.Passages[i] = Kept{l.ID, body}
	}
	return f.Snapshot, nil
}
