package io.catwalk.runner.report.slides;
