echo "words of length $1:"
words_of_length "$1"
