// Homework 01, 02, 03 and 06 in Go with net/http and goroutines.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
)

var price = regexp.MustCompile(`class="price-usd" data-value="(\d+)"`)

// getPage returns a page's line, and the price that may follow it.
func getPage(page int) (string, string) {
	response, err := http.Get(os.Getenv("PAGE_URL") + strconv.Itoa(page))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	line := fmt.Sprintf("Page: %d Status: %d", page, response.StatusCode)
	if found := price.FindSubmatch(body); found != nil {
		return line, fmt.Sprintf(" Price: %s", found[1])
	}
	return line, ""
}

func homework01(pages int) {
	for page := 1; page <= pages; page++ {
		line, price := getPage(page)
		fmt.Println(line + price)
	}
}

func homework02(pages int) {
	queue := make(chan int)
	var workers sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for page := range queue {
				line, _ := getPage(page)
				fmt.Println(line)
			}
		}()
	}
	for page := 1; page <= pages; page++ {
		queue <- page
	}
	close(queue)
	workers.Wait()
}

func homework03(pages int) {
	lines := make([]string, pages)
	var all sync.WaitGroup
	for index := range lines {
		all.Add(1)
		go func(index int) {
			defer all.Done()
			line, price := getPage(index + 1)
			lines[index] = line + price
		}(index)
	}
	all.Wait()
	for _, line := range lines {
		fmt.Println(line)
	}
}

func homework06(pages int) {
	lines := make(chan string)
	for page := 1; page <= pages; page++ {
		go func(page int) {
			line, price := getPage(page)
			lines <- line + price
		}(page)
	}
	for page := 1; page <= pages; page++ {
		fmt.Println(<-lines)
	}
}

func main() {
	pages, err := strconv.Atoi(os.Getenv("PAGES"))
	if err != nil {
		log.Fatal(err)
	}
	switch os.Args[1] {
	case "01":
		homework01(pages)
	case "02":
		homework02(pages)
	case "03":
		homework03(pages)
	case "06":
		homework06(pages)
	default:
		log.Fatal("no such homework: ", os.Args[1])
	}
}
