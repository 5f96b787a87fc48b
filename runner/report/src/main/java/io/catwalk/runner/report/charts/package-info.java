package io.catwalk.runner.report.charts;
