package answer

func calibrate(s *shelf) float64 { return 0 }
