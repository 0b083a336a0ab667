// Package conformance judges the local Discord (package playground) from outside, without our bot.
//
// Three kinds of clients use it, none of which knows how it is made: discord.js under Node (discordjs.mjs), disgo, and plain
// HTTP and WebSocket. rows.txt lists what a stand-in for Discord owes its clients; each row has a check of the same name, and
// a test fails when one has none. Whatever they exchange over REST is judged by Discord's own description as well.
//
// The module is nested so that the product depends on none of this. discord.js comes with "npm ci" in this folder; where
// Node or the packages are missing, its test is skipped, but with CI set it fails. Under the race detector only TestHTTP is
// clean: disgo itself races when it closes.
package conformance
