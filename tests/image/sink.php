<?php
/**
 * Listens for mail on port 25 and for HTTP on port 80, takes everything, and prints a line for each thing that came.
 *
 * GET /redirect leads to another name of this host.
 */

/** Answers one request. */
function serve_http( $connection ) {
	$line = trim( (string) fgets( $connection ) );
	while ( ! in_array( fgets( $connection ), array( "\r\n", false ), true ) ) {
		continue;
	}
	echo $line, "\n";
	$head = strpos( $line, '/redirect' )
		? "302 Found\r\nLocation: http://payments.test/reached"
		: '200 OK';
	fwrite( $connection, "HTTP/1.1 $head\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok" );
}

/** Takes one mail. */
function serve_smtp( $connection ) {
	fwrite( $connection, "220 sink\r\n" );
	$in_text = false;
	while ( false !== ( $line = fgets( $connection ) ) ) {
		$verb    = strtoupper( substr( $line, 0, 4 ) );
		$ends    = $in_text && '.' === trim( $line );
		$answers = array( 'DATA' => '354 go on', 'QUIT' => '221 bye' );
		if ( ! $in_text || $ends ) {
			fwrite( $connection, ( isset( $answers[ $verb ] ) ? $answers[ $verb ] : '250 ok' ) . "\r\n" );
		}
		$in_text = ! $ends && ( $in_text || 'DATA' === $verb );
		if ( $ends ) {
			echo "MAIL\n";
		}
	}
}

$listeners = array( stream_socket_server( 'tcp://0.0.0.0:80' ), stream_socket_server( 'tcp://0.0.0.0:25' ) );
echo "listening\n";
while ( true ) {
	$ready = $listeners;
	$none  = null;
	stream_select( $ready, $none, $none, null );
	foreach ( $ready as $listener ) {
		$connection = stream_socket_accept( $listener );
		stream_set_timeout( $connection, 10 );
		$listener === $listeners[0] ? serve_http( $connection ) : serve_smtp( $connection );
		fclose( $connection );
	}
}
