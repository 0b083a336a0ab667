package playground

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

func (s *Server) me(*request) (any, error) {
	return struct {
		*user
		MFA      bool    `json:"mfa_enabled"`
		Locale   string  `json:"locale"`
		Verified bool    `json:"verified"`
		Email    *string `json:"email"`
	}{s.world.bot, false, usual, true, nil}, nil
}

// application is that of the bot. It has no privileged intents, and may be invited by anybody.
func (s *Server) application(*request) (any, error) {
	install := map[string]any{"scopes": []string{"applications.commands", "bot"}, "permissions": ownPermissions}
	return map[string]any{
		"id": s.world.app, "name": s.world.bot.Username, "icon": nil, "description": "", "type": nil, "bot": s.world.bot,
		"bot_public": true, "bot_require_code_grant": false, "install_params": install,
		"integration_types_config": map[string]any{"0": map[string]any{"oauth2_install_params": install}},
		"verify_key":               verifyKey(), "flags": 0, "flags_new": "0", "explicit_content_filter": 0,
		"redirect_uris": []string{}, "interactions_endpoint_url": nullable(s.endpoint), "role_connections_verification_url": nil,
		"owner": s.world.users[s.world.desk.owner], "team": nil, "approximate_guild_count": len(s.world.joined()),
		"approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"eligible_oauth2_scopes": []string{"applications.commands", "bot"},
	}, nil
}

// nullable is null where there is nothing.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// signingKey signs what is sent to the bot's endpoint. It is the same in every run, and guards nothing.
func signingKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("trilat"))
	return ed25519.NewKeyFromSeed(seed[:])
}

// verifyKey is what the bot checks signatures with.
func verifyKey() string { return hex.EncodeToString(signingKey().Public().(ed25519.PublicKey)) }

// patchApplication sets the address to which interactions are sent from then on, instead of through the gateway. It must
// be one of this computer, answer a ping, and refuse a wrong signature.
func (s *Server) patchApplication(r *request) (any, error) {
	var want struct {
		Endpoint *string `json:"interactions_endpoint_url"`
	}
	if err := r.decode(&want); err != nil {
		return nil, err
	}
	if want.Endpoint == nil {
		if bytes.Contains(r.body, []byte(`"interactions_endpoint_url"`)) {
			s.endpoint = ""
		}
		return s.application(r)
	}
	if err := s.prove(r.Context(), *want.Endpoint); err != nil {
		return nil, invalid("interactions_endpoint_url", "APPLICATION_INTERACTIONS_ENDPOINT_INVALID",
			"The specified interactions endpoint url could not be verified.")
	}
	s.endpoint = *want.Endpoint
	return s.application(r)
}

// prove checks that an endpoint knows right signatures from wrong ones. The endpoint may ask something of the server before
// it answers.
func (s *Server) prove(ctx context.Context, endpoint string) error {
	s.mu.Unlock()
	defer s.mu.Lock()
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	now := s.clock.Now()
	u, err := url.Parse(endpoint)
	if err != nil || !loopback(u.Host) {
		return errors.New("an endpoint is on this computer")
	}
	ping := []byte(`{"type":1,"version":1}`)
	right, err := knock(ctx, endpoint, ping, ping, now)
	if err != nil {
		return err
	}
	defer right.Body.Close()
	var pong struct {
		Type int `json:"type"`
	}
	if err := json.NewDecoder(right.Body).Decode(&pong); err != nil || right.StatusCode != http.StatusOK || pong.Type != 1 {
		return fmt.Errorf("answer to a ping: status %d, type %d", right.StatusCode, pong.Type)
	}
	wrong, err := knock(ctx, endpoint, ping, []byte("something else"), now)
	if err != nil {
		return err
	}
	defer wrong.Body.Close()
	if wrong.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("answer to a wrong signature: status %d", wrong.StatusCode)
	}
	return nil
}

// knock posts a body to an endpoint with the signature of what is signed.
func knock(ctx context.Context, endpoint string, body, signed []byte, now time.Time) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("address the endpoint: %w", err)
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	r.Close = true // so that nothing is left behind
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(signingKey(), append([]byte(stamp), signed...))))
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // on this computer
	resp, err := (&http.Client{CheckRedirect: stay}).Do(r)
	if err != nil {
		return nil, fmt.Errorf("knock at the endpoint: %w", err)
	}
	return resp, nil
}

// deliver sends an interaction to the endpoint and takes the first response from the answer. An answer that says nothing
// leaves the first response to the callback.
func (s *Server) deliver(i *interaction, endpoint string, payload []byte, now time.Time) error {
	ctx, cancel := s.lifetime(2 * firstWord)
	defer cancel()
	resp, err := knock(ctx, endpoint, payload, payload, now)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	req, err := readRequest(resp.Header, resp.Body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.firstResponse(i, req)
}
