package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Answer is what a script has the service do. The zero value is a well-formed answer with no text.
type Answer struct {
	// Status from 300 on refuses, with the message and the code in OpenAI's form, unless there is something Raw; 0 is 200.
	Status        int
	Message, Code string
	Header        map[string]string
	// Wait holds all back until it is closed; nil holds nothing back.
	Wait <-chan struct{}

	// Pieces are the text, one event each.
	Pieces []string
	// Next holds back each piece until a value comes; nil holds nothing back.
	Next   <-chan struct{}
	Then   End
	Finish string // the reason for which the model stopped; "" is "stop"
	// In and Out are the tokens used, told if the request wants them. If both are 0 they are never told.
	In, Out int

	// Raw is the body, in place of a stream, as plain text unless the Header says otherwise.
	Raw string
}

// End is what comes after an answer's pieces.
type End int

// An answer can end in these ways.
const (
	Done    End = iota // the reason, the tokens used, and [DONE]
	NoDone             // the same without [DONE]
	Open               // the reason, and nothing more until the client has gone
	Cut                // no word more, and no reason
	Reset              // the connection breaks
	Hang               // nothing, until the client has gone
	Endless            // the last piece, again and again
)

func (a Answer) refusal() *refusal {
	if a.Status < 300 || a.Raw != "" {
		return nil
	}
	return &refusal{a.Status, a.Message, "error", "", a.Code}
}

// pen writes an answer.
type pen struct {
	http.ResponseWriter
	r    *http.Request
	gone <-chan struct{}
}

var errGone = errors.New("the client or the service has gone")

// wait waits for something to be closed or sent; for nil it does not.
func (p pen) wait(signal <-chan struct{}) error {
	if signal == nil {
		return nil
	}
	select {
	case <-signal:
		return nil
	case <-p.r.Context().Done():
	case <-p.gone:
	}
	return errGone
}

func (p pen) refuse(wrong refusal) {
	p.Header().Set("Content-Type", "application/json")
	p.WriteHeader(wrong.Status)
	_ = json.NewEncoder(p).Encode(map[string]refusal{"error": wrong})
}

func (p pen) raw(a Answer) {
	if p.Header().Get("Content-Type") == "" {
		p.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	if a.Status != 0 {
		p.WriteHeader(a.Status)
	}
	if _, err := io.WriteString(p, a.Raw); err == nil {
		p.end(a.Then)
	}
}

func (p pen) stream(q Request, a Answer) {
	p.Header().Set("Content-Type", "text/event-stream")
	usage := q.Params["stream_options"] != nil && a.In+a.Out > 0
	err := p.event(q, choice("", nil), nil)
	for _, piece := range a.Pieces {
		if err == nil {
			err = p.wait(a.Next)
		}
		if err == nil {
			err = p.event(q, choice(piece, nil), nil)
		}
	}
	for err == nil && a.Then == Endless {
		err = p.event(q, choice(a.Pieces[len(a.Pieces)-1], nil), nil)
	}
	if a.Then <= Open && err == nil {
		reason := a.Finish
		if reason == "" {
			reason = "stop"
		}
		err = p.event(q, choice("", reason), nil)
	}
	if a.Then <= NoDone && usage && err == nil {
		err = p.event(q, []any{}, map[string]int{"prompt_tokens": a.In, "completion_tokens": a.Out, "total_tokens": a.In + a.Out})
	}
	if a.Then == Done && err == nil {
		_, err = io.WriteString(p, "data: [DONE]\n\n")
		_ = http.NewResponseController(p).Flush() // real services do not end the body at once, either
	}
	if err == nil {
		p.end(a.Then)
	}
}

// choice is the list of the one choice that a request gets.
func choice(text string, reason any) []any {
	delta := map[string]string{}
	if text != "" || reason == nil {
		delta["role"], delta["content"] = "assistant", text
	}
	return []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}}
}

func (p pen) event(q Request, choices []any, usage any) error {
	data, err := json.Marshal(map[string]any{"id": fmt.Sprintf("chatcmpl-%d", q.N), "object": "chat.completion.chunk", "created": 1,
		"model": q.Model, "choices": choices, "usage": usage})
	if err != nil {
		return err // unreachable: all of it can be encoded
	}
	if _, err := fmt.Fprintf(p, "data: %s\n\n", data); err != nil {
		return err
	}
	return http.NewResponseController(p).Flush()
}

// Unwrap lets a ResponseController reach the connection.
func (p pen) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// end does what is left to do when all is written.
func (p pen) end(how End) {
	switch how {
	case Open, Hang:
		_ = http.NewResponseController(p).Flush()
		select {
		case <-p.r.Context().Done():
		case <-p.gone:
		}
	case Reset:
		conn, _, err := http.NewResponseController(p).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // the same, but politely
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}
