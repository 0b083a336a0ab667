package proof

// little are the words of English grammar, which say nothing by themselves.
var little = set(`a an the this that these those there here i me my we us our you your he him his she her it its they them their
	am is are was were be been being do does did doing have has had having
	and or but so than as of in on at by for with from to into onto about over under between through during per via up down out off
	against among within towards toward upon along behind beside across around near
	who whom whose which what when where why how then thus therefore however while because since until till before after
	very too much more most less least many few some any each every all both either other another such same own
	not no nor yes never none neither nobody nothing without cannot
	may might can could will would shall should must ought only just also even still yet already again
	s t`)

// neutral are words, by stem, that a claim may have of its own: they say that something is said, or join what is said.
var neutral = set(`accord say said state told tell ad includ well both alongsid respect name`)
