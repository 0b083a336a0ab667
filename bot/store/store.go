// Package store keeps what must outlast a restart: which answers were given, what people asked a team and what became of
// it, what the bot still owes somebody, how servers are set up, and what was spent on a model.
//
// It is SQLite in one file, for one bot on one computer, or PostgreSQL, for several; one SQL text serves both, with moments
// as BIGINT milliseconds and days as TEXT. Everything belongs to one server; "" is direct messages with the bot. People are
// kept as a hash with a key of that server, and by their id only as long as something has to reach them.
//
// What changes together is changed in one step: a question and the post that tells the team of it, an answer and the
// posts that tell those who asked. A post is a row before it is sent; see [Post].
//
// The package knows no words, no fronts and no texts: it keeps what it is given.
package store

import (
	"errors"
	"time"
)

// Errors that callers act on. All others mean that the store cannot do its work at present.
var (
	ErrNotFound = errors.New("not in the store")
	ErrInUse    = errors.New("another bot uses this store")
	ErrNewer    = errors.New("the store was written by a newer version")
	ErrClosed   = errors.New("the question is no longer open")
	ErrAlready  = errors.New("it was done before")
	ErrChanged  = errors.New("somebody else changed it first")
	ErrSpent    = errors.New("the budget of the day is spent") // always a [SpentError]
)

// Config is what a Store is made of.
type Config struct {
	Where string           // a file, made if it is not there, or a postgres:// URL
	Now   func() time.Time // nil: the computer's clock
	// Alone refuses, with ErrInUse, a file that another Store with Alone has open. Bots want it, tools do not.
	Alone bool
}

// Message is where something was said.
type Message struct{ Channel, ID string }

// Actor is who did something. The zero Actor is the bot, or whoever sits at its terminal.
type Actor struct{ User, Name string }

// Receipt is an answer that was given, and how it came about.
type Receipt struct {
	ID, Server, Channel string
	By                  string // the user's id; kept as a hash, so that it is empty when read
	At                  time.Time
	Question            string
	Kind, Topic         string
	Revision            string    // of the texts that were answered from
	Detail              string    // JSON, for who asks why
	Shown               []Message // where everybody could see it; set by [Store.Shown]
}

// State is what has become of a question.
type State string

// The states. Only Pending questions wait for somebody.
const (
	Pending   State = "pending"
	Answered  State = "answered"  // by the team
	Dismissed State = "dismissed" // by the team
	Duplicate State = "duplicate" // of the question that Remark names
	Covered   State = "covered"   // by the texts
	Withdrawn State = "withdrawn" // by everybody who asked it
)

// Question is one that a team is asked, by one person or several.
type Question struct {
	ID, Server, Text string
	Receipt          string // the answer that did not help the first who asked
	Reason           string // what was wrong with it; "" when there was none
	State            State
	Round            int       // how often it was opened again
	Count            int       // by how many it was asked, those who are told included
	Asked, Last      time.Time // first and last
	Closed           time.Time // zero while it is open
	By               Actor     // who closed it
	Remark           string
	Post             Message  // where the team sees it; zero before it is there
	Askings          []Asking // oldest first; only [Store.Question] fills it
}

// Asking is one person's asking of a question.
type Asking struct {
	ID, Question string
	User         string // "" once they are told, or after ninety days
	Receipt      string
	Text         string // in their words
	At           time.Time
	Where        Message // where to answer, if Open
	Open         bool    // everybody there saw it
	Told         bool
}

// TeamAnswer is what a team says to a question. Its ID is the question's.
type TeamAnswer struct {
	ID, Server, Question string
	Text, Source         string
	Passage              string // the passage that it points to instead; "" for none
	By                   Actor
	At, Edited, Until    time.Time // Edited is zero when it never was; it counts up to Until
	Version              int       // 1, and one more with every edit
	Withdrawn            bool
}

// Post is a message that the bot owes somebody. Its row is there before it is sent; whoever sends it holds it for a while,
// and it is sent again only after the one before has surely failed or cannot be found.
type Post struct {
	Key     string // what it is, so that it is put out once
	Kind    string // what to say, for who writes it
	Subject string // what it is about: a question, a receipt, a server
	Asking  string // whom it tells, for Kind Told
	Number  int    // of several about the same: a round or version
	Server  string
	Channel string // where it goes,
	User    string // or to whose direct messages
	ReplyTo string // the message that it answers; "" for none
	Edit    string // the message that it changes, instead of a new one
	// Revision is that of the texts which made it necessary; "" for any.
	Revision string
	Due      time.Time // zero: now

	// Set by the store.
	Attempt int
	Since   time.Time // when it was put out
	Sent    Message   // where it was sent
	Trouble string    // why it was not, last time
}

// The kinds of posts that mean something to the store: when a Posed one is sent, its message is where the team sees the
// question; when a Told one is, the asking is over and its user is forgotten.
const (
	Posed = "posed"
	Told  = "told"
)

// Setup is how a server has its team.
type Setup struct {
	Server      string
	Role        string    // who is the team
	Channel     string    // where the team works
	Mentions    []string  // the only channels where mentions are answered; none: everywhere
	Corrections bool      // shared answers are corrected when their texts change; true unless switched off
	ModelOff    []string  // the uses of the model that are switched off here, as the caller names them
	By          string    // the user who set it up, who is told of faults
	Left        time.Time // when the bot was removed; zero while it is there
	Faults      []Fault
}

// Fault is what keeps a setup from working.
type Fault struct {
	Subject, Text string
	Since         time.Time
}

// Act is an entry of the audit log.
type Act struct {
	At            time.Time
	By            Actor
	What, Subject string
}

// Snapshot is what a folder said at some time.
type Snapshot struct {
	Revision string
	At       time.Time
	Passages []Kept // ordered by ID
}

// Kept is a passage of a Snapshot.
type Kept struct {
	ID   string
	Body string // JSON
}

// Stats count what a server asked, and nothing about single people.
type Stats struct {
	Days   []Day   // oldest first, UTC; days without anything are left out
	Topics []Topic // most asked first
	Open   int     // questions that wait for the team
	Closed int     // questions that the team or the texts answered, in the time counted
}

// Day is one day's counts.
type Day struct {
	Date                                         string // 2006-01-02
	Asked, Answered, Refused, Helpful, Unhelpful int
}

// Topic is how often one was answered from.
type Topic struct {
	Name  string
	Count int
}

// Record is all that is kept about one person.
type Record struct {
	Receipts []Receipt
	Verdicts []Verdict
	Askings  []Asking
	Answers  []TeamAnswer
	Acts     []Act
	MutedIn  []string  // servers
	SetUp    []string  // servers that they set up
	Spent    []SpentOn `json:",omitempty"` // without a model, exports are as they were
}

// Verdict is what somebody found of an answer.
type Verdict struct {
	Receipt, Text string
	At            time.Time
}

// Digest is how a server has its daily digest.
type Digest struct {
	Server, Channel string
	Role            string // whom it mentions; "" for nobody
	Zone            string // IANA name
	Minute          int    // of the local day
	Days            string // as the caller writes them
	Quiet           bool   // nothing is posted on a day without news
	Paused          bool
	By              string    // the user who set it up
	Next            time.Time // when it is due next; zero: never
}

// Fate is what became of the digest of a day.
type Fate string

// The fates.
const (
	Planned Fate = "planned" // it is to be sent
	Posted  Fate = "posted"
	Skipped Fate = "skipped" // Reason says why; what it would have told comes with the next
)

// Delivery is the digest of one local date of a server.
type Delivery struct {
	Server, Date string
	Fate         Fate
	Reason       string
	Due          time.Time
	Late         bool      // it was planned when its time was over
	From, Until  time.Time // the time that it tells of; zero before it is first written
	Since        string    // the revision of the texts at From; "" for what was kept last then
	Revision     string    // and at Until
	Passage      string    // the one that it shows; "" for none
	Opening      string    // the lines that it begins with; "" for none
	At           Message   // where it goes, and stands once posted
	Sent         time.Time
}

// Daily is the kind of posts that carry a digest: Subject is its date. When one is sent, its delivery is Posted.
const Daily = "daily"

// Spender is who has the model called. User "" is nobody in particular, whom no limit of a person holds. Direct messages,
// all people's together, are a server like others.
type Spender struct{ Server, User string }

// Amount is what calls of the model cost. Micros are millionths of a unit of money.
type Amount struct{ Tokens, Micros int64 }

// Limits are what may be spent in one UTC day: by a person in a server, by a server, and by all together. A zero field
// of an Amount is no limit.
type Limits struct{ Person, Server, Day Amount }

// Scope is whose limit it is.
type Scope string

// The scopes, as in [Limits].
const (
	ScopePerson Scope = "person"
	ScopeServer Scope = "server"
	ScopeDay    Scope = "day"
)

// SpentError is an [ErrSpent] that says whose limit was met, the narrowest if there are several.
type SpentError struct{ Scope Scope }

func (e SpentError) Error() string { return string(e.Scope) + ": " + ErrSpent.Error() }

// Is makes it an [ErrSpent].
func (SpentError) Is(err error) bool { return err == ErrSpent }

// Reservation is what [Store.Reserve] counted in advance, for [Store.Charge]. The zero Reservation is none.
type Reservation struct{ id string }

// Spending is what was spent, what is reserved included, by how many calls, and how many were saved.
type Spending struct {
	Amount
	Calls, Saved int64
}

// Spent is how the limits of today stand for somebody, and what their server spent lately. Days are those of UTC.
type Spent struct {
	Person, Server, Day Spending // today, as in [Limits]
	Week, Month         Spending // by the server in 7 and 30 days, today included
}

// SpentOn is what a person spent in a server on one day.
type SpentOn struct {
	Server, Date string // 2006-01-02, UTC
	Spending
}
