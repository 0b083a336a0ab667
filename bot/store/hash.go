package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
)

// hash is what is kept of a user of the server whose secret it is made with: the same user always gives the same, and
// without the secret nobody can tell whose it is.
func hash(secret, user string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(user))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// secret returns a server's, [ErrNotFound] if nothing was ever kept of it.
func secret(ctx context.Context, tx *sql.Tx, server string) (string, error) {
	return one(ctx, tx, value[string], `SELECT secret FROM servers WHERE server = $1`, server)
}

// enter makes sure that a server is known, and returns its secret.
func enter(ctx context.Context, tx *sql.Tx, server string) (string, error) {
	key, err := secret(ctx, tx, server)
	if !errors.Is(err, ErrNotFound) {
		return key, err
	}
	_, err = exec(ctx, tx, `INSERT INTO servers (server, secret) VALUES ($1, $2) ON CONFLICT (server) DO NOTHING`, server, rand.Text())
	if err != nil {
		return "", err
	}
	return secret(ctx, tx, server)
}

// person returns what is kept of a user of a server, which becomes known. Nobody in particular stays "".
func person(ctx context.Context, tx *sql.Tx, server, user string) (string, error) {
	key, err := enter(ctx, tx, server)
	if err != nil || user == "" {
		return "", err
	}
	return hash(key, user), nil
}

// known is person for who only looks: [ErrNotFound] if nothing can have been kept of the user there.
func known(ctx context.Context, tx *sql.Tx, server, user string) (string, error) {
	if user == "" {
		return "", ErrNotFound
	}
	key, err := secret(ctx, tx, server)
	if err != nil {
		return "", err
	}
	return hash(key, user), nil
}
