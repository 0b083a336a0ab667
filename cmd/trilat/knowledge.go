package main

import "errors"

var errFaults = errors.New("the folder has faults")

type knowledgeCommands struct{}
